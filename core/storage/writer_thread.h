// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/storage/committer.h"
#include "core/storage/writer_machine.h"

namespace gyre::storage {

/// The thread around a WriterMachine. All arguments outlive it.
std::unique_ptr<Writer> make_writer(const Engine& engine, Committer& committer, Catalog& catalog,
                                    StoreMemory& memory, WriterOptions options, WriterState log,
                                    const Clock& clock);

}  // namespace gyre::storage
