// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/engine/memory/memory_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/temporary_directory.h"
#include "core/files/memory_disk.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/applied_frames.h"
#include "core/storage/change_record.h"
#include "core/storage/committer.h"
#include "core/storage/index_build.h"
#include "core/storage/recovery.h"
#include "core/storage/row_keys.h"
#include "core/storage/writer_machine.h"

// What the tests of this room share. Not part of any library.

namespace gyre::storage {

inline KeySchema test_keys() {
  return {{"pk", ScalarType::kString}, std::nullopt};
}

inline TableSchema test_schema(TableId id, const std::string& name) {
  TableSchema schema;
  schema.id = id;
  schema.name = name;
  schema.key_schema = test_keys();
  schema.incarnation = IncarnationId(7);
  return schema;
}

/// Makes the table a member of a group of two.
inline TableSchema replicated(TableSchema schema) {
  schema.group = GroupDescriptor{RegionId("here"), 1, {}};
  schema.group->members.push_back({RegionId("here"), schema.incarnation, ReplicaStatus::kActive, {}});
  schema.group->members.push_back({RegionId("there"), IncarnationId(8), ReplicaStatus::kActive, {}});
  return schema;
}

inline ItemKey test_key(const std::string& name) {
  return ok(item_key(test_keys(), {{"pk", AttributeValue::string(name)}}, true));
}

inline std::string test_image(const std::string& name, const std::string& value) {
  return encode_item({{"pk", AttributeValue::string(name)}, {"value", AttributeValue::string(value)}});
}

/// A request made of functions; remembers how it was completed.
class TestRequest final : public WriteRequest {
 public:
  using Evaluate = std::function<Status(WriteTransaction&)>;
  using Complete = std::function<void(const Status&)>;
  TestRequest(Evaluate evaluate, Complete complete, CompletionSink& sink,
              WriteClass write_class = WriteClass::kClient, std::size_t bytes = 100, bool is_fill = false)
      : evaluate_(std::move(evaluate)),
        complete_(std::move(complete)),
        sink_(sink),
        class_(write_class),
        bytes_(bytes),
        is_fill_(is_fill) {}
  WriteClass write_class() const override { return class_; }
  bool is_fill() const override { return is_fill_; }
  std::size_t size_bytes() const override { return bytes_; }
  Status evaluate(WriteTransaction& transaction) override { return evaluate_(transaction); }
  void complete(Status outcome) override { complete_(outcome); }
  CompletionSink& sink() override { return sink_; }

 private:
  Evaluate evaluate_;
  Complete complete_;
  CompletionSink& sink_;
  WriteClass class_;
  std::size_t bytes_;
  bool is_fill_;
};

/// A writer machine over an engine, recovered like a store and driven by hand.
class MachineHarness {
 public:
  /// `disk`: where the log is; nullptr: on one of its own.
  explicit MachineHarness(Engine& engine, Durability durability = Durability::kSync, std::uint64_t seed = 1,
                          std::shared_ptr<files::MemoryDisk> disk_in = nullptr)
      : disk(disk_in ? std::move(disk_in) : std::make_shared<files::MemoryDisk>()),
        engine_(engine),
        random_(seed) {
    options.region = RegionId("here");
    options.durability = durability;
    options.random = [this] { return random_.next(); };
    restart();
  }

  /// Opens what engine and disk hold, as a new process would.
  void restart() {
    machine.reset();
    committer.reset();
    log.reset();
    const StoreIdentity identity = ok(begin_term(*disk, options.region, options.random));
    epoch = identity.epoch;
    log = ok(RegionLog::open(*disk, identity, log_options, ok(applied(engine_))));
    EXPECT_TRUE(catch_up(engine_, log->log()).ok());
    Recovered recovered = ok(recover(engine_, log->log()));
    catalog.publish(recovered.catalog);
    memory = std::make_unique<StoreMemory>(memory_sizes);
    committer = std::make_unique<Committer>(engine_, *log);
    machine = std::make_unique<WriterMachine>(engine_, catalog, *memory, options, std::move(recovered.log));
  }
  /// The same after the process was killed: the engine lost what was not flushed.
  void restart_after_kill(MemoryEngine& engine) {
    engine.crash();
    disk->kill();
    restart();
  }

  /// Queues a request; its outcome is appended to `outcomes` once it is known.
  void submit(TestRequest::Evaluate evaluate, WriteClass write_class = WriteClass::kClient,
              std::size_t bytes = 100, bool is_fill = false) {
    const std::size_t index = outcomes.size();
    outcomes.emplace_back();
    std::unique_ptr<WriteRequest> request = std::make_unique<TestRequest>(
        std::move(evaluate), [this, index](const Status& outcome) { outcomes[index] = outcome; }, sink,
        write_class, bytes, is_fill);
    const Status taken = machine->enqueue(request);
    if (!taken.ok()) request->complete(taken);
  }

  /// Drives the machine until it is idle. False if a commit failed; the machine is spent then.
  bool run() {
    while (true) {
      const Status room = committer->make_room();
      if (!room.ok()) deliver(machine->refuse(room.error()));
      if (!machine->step(now_ms, room.ok())) return true;
      if (!commit().ok()) {
        deliver(machine->failed());
        return false;
      }
      deliver(machine->committed());
    }
  }
  Status commit() {
    if (machine->batch().empty() || machine->batch_is_fill()) {
      RETURN_IF_ERROR(committer->fill(machine->batch()));
      if (machine->durability() == Durability::kSync) RETURN_IF_ERROR(committer->sync());
      return committer->flush_if_due();
    }
    ++commits;
    RETURN_IF_ERROR(committer->commit(machine->batch(), machine->stamp(), machine->durability()));
    return committer->flush_if_due();
  }

  /// One request, committed at once.
  Status write(TestRequest::Evaluate evaluate) {
    submit(std::move(evaluate));
    run();
    return outcomes.back().value();
  }

  /// One step of a fill.
  Status fill(TestRequest::Evaluate evaluate) {
    submit(std::move(evaluate), WriteClass::kMaintenance, 100, true);
    run();
    return outcomes.back().value();
  }
  /// A step of an index' build, as it is taken.
  Status take(const IndexStep& step) {
    if (step.kind == IndexStep::Kind::kFlush) return engine_.flush();
    const auto evaluate = [&step](WriteTransaction& transaction) {
      return take_index_step(step, transaction);
    };
    return step.kind == IndexStep::Kind::kFill ? fill(evaluate) : write(evaluate);
  }
  Result<std::optional<IndexStep>> plan(TableId table, IndexId index) {
    return plan_index_step(engine_, *catalog.snapshot(), table, index, not_interrupted_);
  }

  TablePointer create_table(const std::string& name, bool is_replicated = false) {
    TableId id;
    EXPECT_TRUE(write([&](WriteTransaction& transaction) {
                  id = transaction.catalog().new_table_id();
                  const TableSchema schema = test_schema(id, name);
                  return transaction.catalog().put_table(is_replicated ? replicated(schema) : schema);
                }).ok());
    return catalog.snapshot()->find(id);
  }

  Status put(const TableEntry& table, const std::string& name, const std::string& value) {
    return write([&](WriteTransaction& transaction) {
      return transaction.items().put(table, test_key(name), test_image(name, value));
    });
  }
  Status erase(const TableEntry& table, const std::string& name) {
    return write(
        [&](WriteTransaction& transaction) { return transaction.items().erase(table, test_key(name)); });
  }
  StoredItem read(const TableEntry& table, const std::string& name) {
    StoredItem item;
    EXPECT_TRUE(write([&](WriteTransaction& transaction) -> Status {
                  ASSIGN_OR_RETURN(item, transaction.items().read(table, test_key(name)));
                  return {};
                }).ok());
    return item;
  }

  /// Every record of a table, open and closed shards, in the order of sequences.
  std::vector<ChangeRecord> records(TableId table) const {
    std::map<SequenceNumber, ChangeRecord> sorted;
    for (const ChangeRecord& record : all_records()) {
      if (record.table == table && record.kind != ChangeKind::kCatalog) sorted[record.sequence] = record;
    }
    std::vector<ChangeRecord> records;
    for (auto& [sequence, record] : sorted) records.push_back(std::move(record));
    return records;
  }

  /// In the order of the log.
  std::vector<ChangeRecord> all_records() const {
    std::vector<ChangeRecord> records;
    log::FrameStream stream = log->log().stream({}, log::Contents::kChecked);
    while (const auto next = ok(stream.next())) {
      for (std::size_t i = 0; i < next->frame.view.entry_count(); ++i) {
        records.push_back(ok(decode_change_record(next->frame.view.entry(i).bytes)));
      }
    }
    return records;
  }

  std::size_t count_rows(Family family) const {
    std::size_t count = 0;
    const auto rows = engine_.iterate(family, {});
    for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
    return count;
  }

  WriterOptions options;
  Catalog catalog;
  Epoch epoch;
  StoreMemory::Sizes memory_sizes;
  std::unique_ptr<StoreMemory> memory;
  const std::shared_ptr<files::MemoryDisk> disk;  ///< shared with later lives
  log::LogOptions log_options;
  std::unique_ptr<RegionLog> log;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<WriterMachine> machine;
  InlineSink sink;
  std::uint64_t now_ms = 1'700'000'000'000;
  std::vector<std::optional<Status>> outcomes;
  std::vector<ShardHead> heads;  ///< as they were told last
  int commits = 0;

 private:
  void deliver(WriterMachine::Finished finished) {
    for (auto& [to, completions] : finished.completions) to->deliver(std::move(completions));
    heads = std::move(finished.heads);
  }

  Engine& engine_;
  SeededRandom random_;
  const std::atomic<bool> not_interrupted_ = false;
};

}  // namespace gyre::storage
