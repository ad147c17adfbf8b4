// SPDX-License-Identifier: Apache-2.0
#include "consumers/plugin_session.h"

#include <deque>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "consumers/plugin_host_functions.h"

namespace gyre::consumers {

namespace {

std::int32_t kind_code(storage::ChangeKind kind) {
  switch (kind) {
    case storage::ChangeKind::kInsert:
      return GYRE_INSERT;
    case storage::ChangeKind::kModify:
      return GYRE_MODIFY;
    case storage::ChangeKind::kRemove:
      return GYRE_REMOVE;
    case storage::ChangeKind::kTouch:
    case storage::ChangeKind::kCatalog:
      break;
  }
  fatal("a record that users do not see was delivered to a plugin");
}

// The C views of a delivery's records; they borrow the delivery's bytes.
class RecordViews {
 public:
  explicit RecordViews(const Delivery& delivery) {
    for (const storage::ChangeRecord& record : delivery.records) {
      gyre_record& view = records_.emplace_back();
      view.size = sizeof(view);
      view.kind = kind_code(record.kind);
      view.sequence = record.sequence.value();
      view.commit_time_ms = hybrid_to_ms(record.commit_time);
      view.origin_region = to_text(record.origin.region.name());
      view.keys = image(record.keys);
      view.old_image = image(record.old_image);
      view.new_image = image(record.new_image);
      pointers_.push_back(&view);
    }
  }
  const std::vector<const gyre_record*>& pointers() const { return pointers_; }

 private:
  const gyre_image* image(std::string_view encoded) {
    return encoded.empty() ? nullptr : &images_.emplace_back(encoded);
  }
  // Deques: what was handed out must not move.
  std::deque<gyre_image> images_;
  std::deque<gyre_record> records_;
  std::vector<const gyre_record*> pointers_;
};

}  // namespace

PluginSession::PluginSession(const PluginLibrary& library, PluginIdentity identity)
    : library_(library), identity_(std::move(identity)), host_{} {
  host_.size = sizeof(host_);
  host_.abi_version = library_.abi_version;
  host_.region = to_text(identity_.region);
  host_.table = to_text(identity_.table);
  host_.consumer = to_text(identity_.consumer);
  set_host_functions(host_);
}

Result<std::unique_ptr<PluginSession>> PluginSession::create(const PluginLibrary& library,
                                                             PluginIdentity identity) {
  std::unique_ptr<PluginSession> session(new PluginSession(library, std::move(identity)));
  void* instance = nullptr;
  if (const std::int32_t status = library.table->create(&session->host_, &instance); status != GYRE_OK) {
    return Error::validation(fmt::format("plugin {}: its create() failed with {}", library.path, status));
  }
  session->instance_ = instance;
  session->created_ = true;
  return session;
}

PluginSession::~PluginSession() {
  if (created_) library_.table->destroy(instance_);
}

Result<Outcome> PluginSession::deliver(const Delivery& delivery) {
  gyre_result result;
  std::int32_t status = GYRE_OK;
  if (delivery.shard_end) {
    const gyre_shard_end end{sizeof(end), delivery.shard.value(), to_text(delivery.state)};
    if (library_.table->shard_end != nullptr) status = library_.table->shard_end(instance_, &end, &result);
  } else {
    const RecordViews views(delivery);
    gyre_batch batch{};
    batch.size = sizeof(batch);
    batch.shard = delivery.shard.value();
    batch.state = to_text(delivery.state);
    batch.redelivered = delivery.redelivered ? 1 : 0;
    batch.record_count = views.pointers().size();
    batch.records = views.pointers().data();
    status = library_.table->process(instance_, &batch, &result);
  }
  if (result.broken) return *std::move(result.broken);
  if (status == GYRE_FAILED) return Outcome{.call_failed = true};
  if (status != GYRE_OK) {
    return Error::validation(
        fmt::format("the plugin answered {}, which is neither GYRE_OK nor GYRE_FAILED", status));
  }
  return std::move(result.outcome);
}

}  // namespace gyre::consumers
