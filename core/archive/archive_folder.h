// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/files/folder.h"
#include "core/objects/object_store.h"

namespace gyre::archive {

/// The archived segments as the files that they were, to be read by what reads a log's folder. Nothing can be
/// changed through it. `store` outlives it and its files. Any thread; reads block on the store.
std::unique_ptr<files::Folder> make_archive_folder(objects::ObjectStore& store);

}  // namespace gyre::archive
