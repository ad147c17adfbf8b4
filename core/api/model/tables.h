// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/api/model.h"

// The tables of the model, one per file of this folder.
namespace gyre::api::model {

std::span<const Operation> item_operations();
std::span<const Operation> query_operations();
std::span<const Operation> statement_operations();
std::span<const Operation> table_operations();
std::span<const Operation> global_table_operations();
std::span<const Operation> backup_operations();
std::span<const Operation> bulk_operations();
std::span<const Operation> setting_operations();
std::span<const Operation> stream_operations();
std::span<const Operation> gyre_operations();

}  // namespace gyre::api::model
