// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace gyre::streams {

/// One budget for all bytes that readers make a region hold: those that are being read for them (reserve()),
/// and frames that the carrier has and the kernel has not taken (hold()). Counted by what is really there, so
/// no reader can claim more.
///
/// A reader that takes what it gets rarely holds anything. One that does not take its frames holds at most
/// `reader_bytes_max`, and at most as much as is still free for all others, so a hundred of them leave a
/// share to the next. An eighth of the budget is kept for readers that hold nothing yet.
///
/// All calls on the owner's thread, but those of Hold. Outlives its holds.
class FrameBudget {
 public:
  /// `on_room` is called on any thread, once after something was refused: there is room again.
  FrameBudget(std::size_t bytes_max, std::size_t reader_bytes_max, std::function<void()> on_room);

  /// A frame in the carrier's hands. Gives its bytes back when it is destroyed, on any thread.
  class Hold;
  /// Null: there is no room. Of a reader that holds nothing a frame always fits while the budget has room.
  std::unique_ptr<Hold> hold(const std::string& reader, std::string frame);

  /// Sets up to `wanted` bytes aside, and answers how many; 0: none.
  std::size_t reserve(const std::string& reader, std::size_t wanted);
  void unreserve(const std::string& reader, std::size_t bytes);

  std::size_t held() const { return total_; }
  std::size_t held_by(const std::string& reader) const;
  /// True once after `on_room` was called.
  bool take_room() { return room_.exchange(false); }

 private:
  using Account = std::atomic<std::size_t>;

  const std::shared_ptr<Account>& account(const std::string& reader);
  std::size_t share(std::size_t own) const;
  void give_back(Account& account, std::size_t bytes);

  const std::size_t bytes_max_;
  const std::size_t reader_bytes_max_;
  const std::function<void()> on_room_;
  std::atomic<std::size_t> total_ = 0;
  std::atomic<bool> refused_ = false;
  std::atomic<bool> room_ = false;
  // Shared with the holds, which end on the carrier's threads.
  std::map<std::string, std::shared_ptr<Account>> accounts_;
  std::size_t sweep_at_ = 64;
};

class FrameBudget::Hold {
 public:
  Hold(FrameBudget& budget, std::shared_ptr<Account> account, std::string frame, std::size_t bytes)
      : budget_(budget), account_(std::move(account)), frame_(std::move(frame)), bytes_(bytes) {}
  ~Hold() { budget_.give_back(*account_, bytes_); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  std::string& frame() { return frame_; }

 private:
  FrameBudget& budget_;
  const std::shared_ptr<Account> account_;
  std::string frame_;
  const std::size_t bytes_;
};

}  // namespace gyre::streams
