// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gyre::streams {

/// From now on a connection that libzmq accepts is closed at once if its descriptor is `descriptor` or above.
/// libzmq takes every connection that comes, and has no option to bound them; without this, whoever opens
/// many takes the descriptors that the store needs for its files. Process-wide, as descriptors are. Any
/// thread.
void refuse_accepted_from(int descriptor);

}  // namespace gyre::streams
