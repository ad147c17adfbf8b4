// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gyre::process {

/// The exit code of a child that would only fail again: a wrong configuration, a plugin that cannot be
/// loaded, a consumer that stopped itself. The supervisor leaves it down.
inline constexpr int kExitStayDown = 78;  // EX_CONFIG of sysexits.h

}  // namespace gyre::process
