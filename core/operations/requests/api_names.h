// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/api/arn.h"
#include "core/api/parsed_operation.h"
#include "core/api/part_error.h"
#include "core/api/read_operation.h"
#include "core/api/request_reader.h"
#include "core/api/table_reference.h"
#include "core/api/unsupported.h"

// What every operation needs, under the names of these rooms: they use little else.
namespace gyre::operations {

using api::check_table_name;
using api::constraint_error;
using api::find_control_table;
using api::find_item_table;
using api::for_each_structure;
using api::in_older_words;
using api::index_arn;
using api::invalid_parameter;
using api::is_arn;
using api::java_object;
using api::java_objects;
using api::kAccountId;
using api::kAttributeValueType;
using api::kNotEmpty;
using api::kOneError;
using api::kStringType;
using api::member_error;
using api::missing_member_error;
using api::NoMembers;
using api::parse_item_table;
using api::ParsedOperation;
using api::part_error_code;
using api::read_control_table;
using api::read_index_name;
using api::read_item_table;
using api::ReadRequest;
using api::ReadSlice;
using api::refuse_unsupported;
using api::RequestReader;
using api::run_read;
using api::stream_arn;
using api::table_arn;
using api::table_name_of_arn;
using api::TableReference;

}  // namespace gyre::operations
