// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gyre::storage {

/// When a commit counts: on disk (the default), or once the operating system has it (opt-in).
enum class Durability { kSync, kAsync };

}  // namespace gyre::storage
