// SPDX-License-Identifier: Apache-2.0
#include "core/storage/message_io.h"

#include <cstdint>
#include <cstring>

namespace gyre::storage {
namespace {

bool aligned(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % alignof(capnp::word) == 0;
}

}  // namespace

FlatMessage::FlatMessage(std::size_t bytes_exact) : bytes_(bytes_exact, '\0'), builder_(words(bytes_)) {}

kj::ArrayPtr<capnp::word> FlatMessage::words(std::string& bytes) {
  // Strings this long stand in memory of their own, which is aligned for anything.
  CHECK(bytes.size() >= 32 && bytes.size() % sizeof(capnp::word) == 0 && aligned(bytes.data()));
  return {reinterpret_cast<capnp::word*>(bytes.data()), bytes.size() / sizeof(capnp::word)};
}

std::string FlatMessage::finish() && {
  builder_.requireFilled();
  return std::move(bytes_);
}

MessageView::MessageView(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) return;
  const std::size_t count = bytes.size() / sizeof(capnp::word);
  if (aligned(bytes.data())) {
    segment_ = {reinterpret_cast<const capnp::word*>(bytes.data()), count};
    return;
  }
  copy_ = kj::heapArray<capnp::word>(count);
  std::memcpy(copy_.begin(), bytes.data(), bytes.size());
  segment_ = copy_;
}

capnp::ReaderOptions MessageView::options() const {
  capnp::ReaderOptions options;
  // Every part is visited once; twice the size leaves room for the library's own counting.
  options.traversalLimitInWords = 2 * segment_.size() + 64;
  options.nestingLimit = kNestingMax;
  return options;
}

std::string MessageView::describe(const kj::Exception& exception) {
  return "a message does not decode: " + std::string(exception.getDescription().cStr());
}

}  // namespace gyre::storage
