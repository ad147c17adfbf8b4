// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/model/replica_control.h"
#include "core/storage/store.h"
#include "global-tables/group_view.h"
#include "global-tables/replica_notes.h"

namespace gyre::global_tables {

/// The control plane of global tables: takes users' ReplicaUpdates, learns from the peers' catalog shards
/// what they have, and has the writer do what membership.h says is due. It talks to other regions through
/// catalog shards alone: what it puts into its own, they read. A thin shell around a GroupView. Any thread;
/// all of them meet on one mutex, which is held for work in memory alone.
class GroupControl final : public ReplicaControl {
 public:
  /// Reads which requests of peers were answered. `store` outlives this. `peers`: every other region of the
  /// topology. `aws_timings`: a region that was the source of a replica is not removed for a day.
  GroupControl(storage::Store& store, const std::vector<RegionId>& peers, bool aws_timings = false);
  ~GroupControl() override;

  /// `wake` is called, on any thread, after anything changed that links follow. Set before the first use.
  void on_change(std::function<void()> wake) { wake_ = std::move(wake); }

  void update_replicas(const std::string& table_name, std::vector<ReplicaUpdate> updates,
                       CompletionSink& sink, std::function<void(Status)> done) override;
  bool sourced_lately(const TableSchema& table) const override;
  /// What each other member of the table's group waits for, in a sentence (replica_notes.h).
  std::map<RegionId, std::string> replica_notes(const TableSchema& table) const;

  /// What `peer`'s catalog shard said.
  void peer_news(const RegionId& peer, std::vector<CatalogNews> news);
  /// These lives of tables at `peer` are read to their end; so much is left of those that ended.
  void peer_exhausted(const RegionId& peer, const std::vector<IncarnationId>& lives);
  void peer_backlogs(const RegionId& peer, Backlogs backlogs);
  /// Starts what is due, if anything is; and answers users whose group owner stays silent. Cheap when nothing
  /// changed.
  void reconcile();
  /// True once `peer`'s catalog was read to its head: before that, tables cannot be replicated to it.
  bool knows(const RegionId& peer) const;
  /// Grows with every piece of news: links compare it before they ask tables_of().
  std::uint64_t generation() const;
  /// What is to be followed at `peer` now.
  std::vector<TableLinkIdentity> tables_of(const RegionId& peer) const;

  /// Answers whoever still waits with kUnavailable, then waits for the writer to give back what it has.
  /// Idempotent.
  void stop();

 private:
  struct PendingReply {
    CompletionSink* sink;
    std::function<void(Status)> done;
    std::uint64_t deadline_ns;
  };
  // With mutex_ held.
  Result<ReplicaUpdate> check(const TableSchema& table, const std::vector<ReplicaUpdate>& updates) const;
  void submit(CompletionSink& sink, std::function<Status(storage::WriteTransaction&)> evaluate,
              std::function<void(Status)> done);
  void change_own_group(const std::string& table_name, const ReplicaUpdate& update, CompletionSink& sink,
                        std::function<void(Status)> done);
  void ask_owner(const std::string& table_name, const RegionId& owner, const ReplicaUpdate& update,
                 CompletionSink& sink, std::function<void(Status)> done);
  void act(GroupView::AnswerRequest& event);
  void answer_next();
  void act(GroupView::TakeReply& event) { take_reply(event.reply); }
  void take_reply(const MembershipReply& reply);
  std::optional<std::pair<std::string, MembershipAction>> find_due(
      const std::shared_ptr<const storage::CatalogSnapshot>& catalog);
  void perform(const std::string& name, MembershipAction action);
  std::vector<storage::TablePointer> find_dropped(
      const std::shared_ptr<const storage::CatalogSnapshot>& catalog);
  void erase_progress_of(const storage::TablePointer& dropped);
  void expire_replies();

  storage::Store& store_;
  const bool aws_timings_;
  // The control plane's own completions only note and wake, so the writer's thread may run them at once.
  InlineSink own_sink_;
  std::function<void()> wake_ = [] {};

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  GroupView view_;
  std::map<std::uint64_t, PendingReply> pending_;
  std::uint64_t reconciled_generation_ = 0;
  std::shared_ptr<const storage::CatalogSnapshot> reconciled_catalog_;
  std::set<TableId> erased_;  // dropped tables whose progress is erased, or is being erased
  std::shared_ptr<const storage::CatalogSnapshot> erased_catalog_;  // all of it is in erased_
  std::map<RegionId, Backlogs> backlogs_;                           // of each peer
  std::deque<GroupView::AnswerRequest> unanswered_;  // peers' requests, in order; the first is under way
  bool answering_ = false;
  std::uint64_t answer_at_ns_ = 0;
  bool acting_ = false;
  std::uint64_t retry_at_ns_ = 0;
  int outstanding_ = 0;
  bool stopped_ = false;
};

}  // namespace gyre::global_tables
