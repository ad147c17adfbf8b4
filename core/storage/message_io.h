// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/message.h>
#include <kj/exception.h>

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::storage {

// Cap'n Proto messages as byte strings: one segment, without the usual table of segments before it. Only .cc
// files include this header, also of rooms that announce messages of their own. No exception of the library
// leaves it.

/// Memory of a fixed size in which one message is built in place: no copy afterwards. `bytes_exact` must be
/// just what the message takes; finish() checks it.
class FlatMessage {
 public:
  explicit FlatMessage(std::size_t bytes_exact);
  capnp::MessageBuilder& builder() { return builder_; }
  /// Where something that was written is, in what finish() answers.
  std::size_t offset_of(const kj::byte* written) const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(written) - bytes_.data());
  }
  std::string finish() &&;

 private:
  static kj::ArrayPtr<capnp::word> words(std::string& bytes);
  std::string bytes_;
  capnp::FlatMessageBuilder builder_;
};

/// Words of a Data or Text of `size` bytes; an empty one is left out and takes none.
inline constexpr std::size_t words_of_data(std::size_t size) {
  return (size + 7) / 8;
}
inline constexpr std::size_t words_of_text(std::size_t size) {
  return size == 0 ? 0 : (size + 1 + 7) / 8;
}

inline capnp::Data::Reader as_data(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
inline std::string to_string(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string to_string(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}
inline capnp::Text::Reader as_text(const std::string& text) {
  return {text.c_str(), text.size()};
}

/// The message whose root is `root`, as bytes: of one segment whatever the builder used.
template <class Builder>
std::string canonical_bytes(Builder root) {
  const kj::Array<capnp::word> words = capnp::canonicalize(root.asReader());
  return {reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(capnp::word)};
}

/// Outside bytes as a message. Cap'n Proto wants words aligned as words are, which neither RocksDB nor a
/// frame promises: they are copied only if they are not. What a reading may visit is bounded by the size, its
/// depth by kNestingMax.
class MessageView {
 public:
  static constexpr int kNestingMax = 16;
  explicit MessageView(std::string_view bytes);
  MessageView(const MessageView&) = delete;
  MessageView& operator=(const MessageView&) = delete;

  /// Answers read(root), or kCorruption if the library refuses the bytes. `read` answers a Result.
  template <class Root, class Read>
  auto read(Read&& read) -> decltype(read(std::declval<typename Root::Reader>())) {
    try {
      if (segment_.size() == 0) return Error::corruption("a message is empty or has an odd size");
      capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment_, 1), options());
      return read(reader.getRoot<Root>());
    } catch (const kj::Exception& exception) {
      return Error::corruption(describe(exception));
    }
  }

 private:
  capnp::ReaderOptions options() const;
  static std::string describe(const kj::Exception& exception);

  kj::Array<capnp::word> copy_;
  kj::ArrayPtr<const capnp::word> segment_;
};

}  // namespace gyre::storage
