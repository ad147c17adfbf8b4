// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/frame_budget.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::streams {

FrameBudget::FrameBudget(std::size_t bytes_max, std::size_t reader_bytes_max, std::function<void()> on_room)
    : bytes_max_(bytes_max), reader_bytes_max_(reader_bytes_max), on_room_(std::move(on_room)) {
  CHECK(reader_bytes_max_ <= bytes_max_);
}

const std::shared_ptr<FrameBudget::Account>& FrameBudget::account(const std::string& reader) {
  if (const auto found = accounts_.find(reader); found != accounts_.end()) return found->second;
  if (accounts_.size() >= sweep_at_) {
    std::erase_if(accounts_, [](const auto& one) { return *one.second == 0; });
    sweep_at_ = 2 * accounts_.size() + 64;
  }
  return accounts_[reader] = std::make_shared<Account>(0);
}

std::size_t FrameBudget::share(std::size_t own) const {
  const std::size_t total = total_;
  const std::size_t free = bytes_max_ > total ? bytes_max_ - total : 0;
  if (own == 0) return free;
  const std::size_t kept = bytes_max_ / 8;
  const std::size_t most = std::min(reader_bytes_max_, free > kept ? free - kept : 0);
  return most > own ? most - own : 0;
}

std::unique_ptr<FrameBudget::Hold> FrameBudget::hold(const std::string& reader, std::string frame) {
  const std::size_t bytes = frame.size() + limits::kStreamFrameOverheadBytes;
  const std::shared_ptr<Account>& own = account(reader);
  const auto fits = [&] {
    return total_ + bytes <= bytes_max_ && (*own == 0 || *own + bytes <= reader_bytes_max_);
  };
  if (!fits()) {
    refused_ = true;
    // What was given back before this was seen by nobody.
    if (!fits()) return nullptr;
  }
  *own += bytes;
  total_ += bytes;
  return std::make_unique<Hold>(*this, own, std::move(frame), bytes);
}

std::size_t FrameBudget::reserve(const std::string& reader, std::size_t wanted) {
  const std::shared_ptr<Account>& own = account(reader);
  std::size_t granted = std::min(wanted, share(*own));
  if (granted == 0) {
    refused_ = true;
    granted = std::min(wanted, share(*own));
  }
  *own += granted;
  total_ += granted;
  return granted;
}

void FrameBudget::unreserve(const std::string& reader, std::size_t bytes) {
  if (bytes != 0) give_back(*account(reader), bytes);
}

std::size_t FrameBudget::held_by(const std::string& reader) const {
  const auto found = accounts_.find(reader);
  return found == accounts_.end() ? 0 : found->second->load();
}

void FrameBudget::give_back(Account& account, std::size_t bytes) {
  CHECK(account.fetch_sub(bytes) >= bytes);
  CHECK(total_.fetch_sub(bytes) >= bytes);
  if (!refused_.exchange(false)) return;
  room_ = true;
  if (on_room_) on_room_();
}

}  // namespace gyre::streams
