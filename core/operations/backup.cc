// SPDX-License-Identifier: Apache-2.0
#include "core/operations/backup.h"

#include <memory>
#include <utility>

#include "core/api/checked_operation.h"
#include "core/api/parsed_operation.h"
#include "core/json/json_writer.h"
#include "core/storage/catalog.h"

namespace gyre::operations {
namespace {

Result<std::string> reply_of(const RegionId& region, const Result<storage::LocalBackup>& made) {
  if (!made.ok()) return made.error();
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("Region", region.name()).member("Directory", made->directory);
  writer.key("Frame").unsigned_integer(made->frame.value());
  writer.member("Sequence", storage::sequence_text(made->sequence)).end_object();
  return reply;
}

class Backup final : public api::ParsedOperation<api::NoMembers> {
 public:
  Backup(storage::LocalBackups& backups, RegionId region) : backups_(backups), region_(std::move(region)) {}

 private:
  Result<api::NoMembers> parse(const api::RequestReader&) const override { return api::NoMembers(); }
  api::Intents intents(const api::NoMembers&) const override {
    return {{"gyre:Backup", api::Resource::any()}};
  }
  void execute(api::NoMembers, const http::Request& request, http::Responder respond) override {
    const Status begun =
        backups_.begin([this, sink = request.sink, respond](const Result<storage::LocalBackup>& made) {
          sink->deliver({[respond, reply = reply_of(region_, made)] { respond(reply); }});
        });
    if (!begun.ok()) respond(begun.error());
  }

  storage::LocalBackups& backups_;
  const RegionId region_;
};

}  // namespace

void add_backup_operation(http::Router& router, storage::LocalBackups& backups, const RegionId& region) {
  api::add_plain_operation(router, "Gyre.Backup", region, std::make_unique<Backup>(backups, region));
}

}  // namespace gyre::operations
