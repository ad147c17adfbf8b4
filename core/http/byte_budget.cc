// SPDX-License-Identifier: Apache-2.0
#include "core/http/byte_budget.h"

#include "core/base/check.h"

namespace gyre::http {

ByteBudget::ByteBudget(std::size_t bytes_max, std::function<void()> wake)
    : bytes_max_(bytes_max), wake_(std::move(wake)) {}

bool ByteBudget::take(std::size_t bytes) {
  if (!has_room(bytes)) return false;
  held_.add(bytes);
  return true;
}

void ByteBudget::give(std::size_t bytes) {
  CHECK(bytes <= held());
  held_.subtract(bytes);
  wake_if_due();
}

ByteBudget::Ticket ByteBudget::wait(std::size_t bytes, Granted granted) {
  const Ticket ticket = next_ticket_++;
  waiting_.emplace(ticket, Waiting{bytes, std::move(granted)});
  waiting_count_.set(waiting_.size());
  wake_if_due();
  return ticket;
}

void ByteBudget::cancel(Ticket ticket) {
  CHECK(waiting_.erase(ticket) == 1);
  waiting_count_.set(waiting_.size());
  wake_if_due();
}

void ByteBudget::wake_if_due() {
  if (woken_ || waiting_.empty() || !fits(waiting_.begin()->second.bytes)) return;
  woken_ = true;
  wake_();
}

void ByteBudget::serve() {
  woken_ = false;
  if (waiting_.empty() || !fits(waiting_.begin()->second.bytes)) return;
  const Waiting first = std::move(waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
  waiting_count_.set(waiting_.size());
  held_.add(first.bytes);
  if (!first.granted()) {
    CHECK(first.bytes <= held());
    held_.subtract(first.bytes);
  }
  wake_if_due();
}

}  // namespace gyre::http
