// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C++ face of plugin_abi.h: header-only, C++17, and free of Gyre's libraries. Write a class, name it
// once:
//
//   class Counter : public gyre::plugin::Consumer {
//     void process(const gyre::plugin::Batch& batch, gyre::plugin::Result& result) override { ... }
//   };
//   GYRE_PLUGIN(Counter, "counter", "1.0")
//
// A process() that returns has accepted the whole batch, unless it said otherwise through `result`. One that
// throws has accepted nothing: the batch comes again after a pause.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "plugin_abi.h"  // beside this file, also where the two are copied to

namespace gyre::plugin {

inline gyre_text to_text(std::string_view view) {
  return {view.data(), view.size()};
}
inline std::string_view to_view(gyre_text text) {
  return {text.data, text.size};
}

/// A result function refused its argument. The call's result is void and the consumer will stop.
class InvalidResult : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The host process, and whom this instance works for. Lives as long as the Consumer.
class Host {
 public:
  explicit Host(const gyre_host* table) : table_(table) {}
  std::string_view region() const { return to_view(table_->region); }
  std::string_view table() const { return to_view(table_->table); }
  std::string_view consumer() const { return to_view(table_->consumer); }
  void log_info(std::string_view line) const { table_->log(GYRE_LOG_INFO, to_text(line)); }
  void log_warning(std::string_view line) const { table_->log(GYRE_LOG_WARNING, to_text(line)); }
  void log_error(std::string_view line) const { table_->log(GYRE_LOG_ERROR, to_text(line)); }
  const gyre_host* c_table() const { return table_; }

 private:
  const gyre_host* table_;
};

/// One attribute: see gyre_attribute for what `text` holds.
struct Attribute {
  gyre_attribute_type type;
  std::string_view text;
};

/// An item or a key; perhaps none. Views of it hold until process() returns.
class Image {
 public:
  Image(const gyre_host* host, const gyre_image* image) : host_(host), image_(image) {}
  bool exists() const { return image_ != nullptr; }
  explicit operator bool() const { return exists(); }

  /// DynamoDB JSON; empty if there is no image.
  std::string_view json() const { return exists() ? to_view(host_->image_json(image_)) : std::string_view(); }
  /// The canonical encoding: equal items are equal bytes.
  std::string_view encoded() const {
    return exists() ? to_view(host_->image_encoded(image_)) : std::string_view();
  }

  /// A top-level attribute; nullopt if there is none, or no image.
  std::optional<Attribute> find(std::string_view name) const {
    gyre_attribute found{};
    found.size = sizeof(found);
    if (!exists() || host_->find_attribute(image_, to_text(name), &found) != GYRE_OK) return std::nullopt;
    return Attribute{static_cast<gyre_attribute_type>(found.type), to_view(found.text)};
  }
  /// The text of an S; the decimal digits of an N. nullopt if the attribute is missing or of another type.
  std::optional<std::string_view> string(std::string_view name) const { return text_of(name, GYRE_S); }
  std::optional<std::string_view> number(std::string_view name) const { return text_of(name, GYRE_N); }

 private:
  std::optional<std::string_view> text_of(std::string_view name, gyre_attribute_type type) const {
    const std::optional<Attribute> found = find(name);
    if (!found || found->type != type) return std::nullopt;
    return found->text;
  }

  const gyre_host* host_;
  const gyre_image* image_;
};

/// One change of one item.
class Record {
 public:
  Record(const gyre_host* host, const gyre_record* record) : host_(host), record_(record) {}
  gyre_record_kind kind() const { return static_cast<gyre_record_kind>(record_->kind); }
  std::uint64_t sequence() const { return record_->sequence; }
  std::uint64_t commit_time_ms() const { return record_->commit_time_ms; }
  std::string_view origin_region() const { return to_view(record_->origin_region); }
  Image keys() const { return {host_, record_->keys}; }
  Image old_image() const { return {host_, record_->old_image}; }
  Image new_image() const { return {host_, record_->new_image}; }

 private:
  const gyre_host* host_;
  const gyre_record* record_;
};

/// Records of one shard, in order. `for (gyre::plugin::Record record : batch)`.
class Batch {
 public:
  Batch(const gyre_host* host, const gyre_batch* batch) : host_(host), batch_(batch) {}
  std::uint64_t shard() const { return batch_->shard; }
  std::string_view state() const { return to_view(batch_->state); }
  bool redelivered() const { return batch_->redelivered != 0; }
  std::size_t size() const { return batch_->record_count; }
  Record operator[](std::size_t index) const { return {host_, batch_->records[index]}; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    using pointer = const Record*;
    using reference = Record;
    Iterator(const Batch* batch, std::size_t index) : batch_(batch), index_(index) {}
    Record operator*() const { return (*batch_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Batch* batch_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  const gyre_host* host_;
  const gyre_batch* batch_;
};

/// What a call brings about: progress, failures, state and writes. See gyre_host for the rules of each.
class Result {
 public:
  Result(const gyre_host* host, gyre_result* result) : host_(host), result_(result) {}

  void accept_through(std::uint64_t sequence) {
    check(host_->accept_through(result_, sequence), "accept_through");
    explicit_ = true;
  }
  void retry(std::uint64_t sequence, std::string_view message) { stop_at(sequence, GYRE_RETRY, message); }
  void fatal(std::uint64_t sequence, std::string_view message) { stop_at(sequence, GYRE_FATAL, message); }
  /// The record is skipped and counts as accepted.
  void reject(std::uint64_t sequence, std::string_view message) {
    check(host_->fail(result_, sequence, GYRE_REJECT, to_text(message)), "reject");
  }

  void set_state(std::string_view state) { check(host_->set_state(result_, to_text(state)), "set_state"); }
  void put_item(std::string_view table, std::string_view item_json) {
    check(host_->put_item(result_, to_text(table), to_text(item_json)), "put_item");
  }
  void delete_item(std::string_view table, std::string_view key_json) {
    check(host_->delete_item(result_, to_text(table), to_text(key_json)), "delete_item");
  }
  void add_number(std::string_view table, std::string_view key_json, std::string_view attribute,
                  std::string_view amount) {
    check(host_->add_number(result_, to_text(table), to_text(key_json), to_text(attribute), to_text(amount)),
          "add_number");
  }

  /// True once progress was named, or a failure that ends it: returning then adds nothing.
  bool is_explicit() const { return explicit_; }

 private:
  void stop_at(std::uint64_t sequence, gyre_failure failure, std::string_view message) {
    check(host_->fail(result_, sequence, failure, to_text(message)), "fail");
    explicit_ = true;
  }
  static void check(std::int32_t status, const char* function) {
    if (status != GYRE_OK) throw InvalidResult(std::string(function) + ": invalid argument");
  }

  const gyre_host* host_;
  gyre_result* result_;
  bool explicit_ = false;
};

/// The end of a shard, with the shard's last state.
struct ShardEnd {
  std::uint64_t shard;
  std::string_view state;
};

/// What a plugin derives from. Made with `const Host&` if its constructor takes one. One thread.
class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual void process(const Batch& batch, Result& result) = 0;
  virtual void shard_end(const ShardEnd& end, Result& result) { (void)end, (void)result; }
};

/// The bridge that GYRE_PLUGIN makes for one class: no exception gets past it.
template <class ConsumerClass>
class Bridge {
 public:
  static std::int32_t create(const gyre_host* host, void** instance) {
    return guarded(host, "create", [&] { *instance = new Bridge(host); });
  }
  static std::int32_t process(void* instance, const gyre_batch* batch, gyre_result* result) {
    Bridge& self = *static_cast<Bridge*>(instance);
    const gyre_host* host = self.host_.c_table();
    return guarded(host, "process", [&] {
      const Batch view(host, batch);
      Result effects(host, result);
      self.consumer_.process(view, effects);
      if (!effects.is_explicit()) effects.accept_through(view[view.size() - 1].sequence());
    });
  }
  static std::int32_t shard_end(void* instance, const gyre_shard_end* end, gyre_result* result) {
    Bridge& self = *static_cast<Bridge*>(instance);
    const gyre_host* host = self.host_.c_table();
    return guarded(host, "shard_end", [&] {
      Result effects(host, result);
      self.consumer_.shard_end(ShardEnd{end->shard, to_view(end->state)}, effects);
    });
  }
  static void destroy(void* instance) { delete static_cast<Bridge*>(instance); }

 private:
  explicit Bridge(const gyre_host* host) : host_(host), consumer_(make(host_)) {}

  static ConsumerClass make(const Host& host) {
    if constexpr (std::is_constructible_v<ConsumerClass, const Host&>) {
      return ConsumerClass(host);
    } else {
      return ConsumerClass();
    }
  }

  template <class Call>
  static std::int32_t guarded(const gyre_host* host, const char* function, Call&& call) {
    try {
      call();
      return GYRE_OK;
    } catch (const std::exception& exception) {
      log_exception(host, function, exception.what());
    } catch (...) {
      log_exception(host, function, "an exception of no known type");
    }
    return GYRE_FAILED;
  }
  static void log_exception(const gyre_host* host, const char* function, const char* what) noexcept {
    try {
      const std::string line = std::string(function) + "() threw: " + what;
      host->log(GYRE_LOG_ERROR, to_text(line));
    } catch (...) {  // out of memory: the status alone must do
    }
  }

  Host host_;
  ConsumerClass consumer_;
};

}  // namespace gyre::plugin

#define GYRE_PLUGIN_EXPORT __attribute__((visibility("default")))

/// Makes a shared library of `ConsumerClass`. Once in a library, outside of any namespace.
#define GYRE_PLUGIN(ConsumerClass, plugin_name, plugin_version)                       \
  extern "C" GYRE_PLUGIN_EXPORT const gyre_plugin* gyre_plugin_query(std::uint32_t) { \
    using BridgeClass = ::gyre::plugin::Bridge<ConsumerClass>;                        \
    static const gyre_plugin table = {                                                \
        sizeof(gyre_plugin),   GYRE_PLUGIN_ABI_VERSION, GYRE_PLUGIN_ABI_VERSION,      \
        plugin_name,           plugin_version,          &BridgeClass::create,         \
        &BridgeClass::process, &BridgeClass::shard_end, &BridgeClass::destroy};       \
    return &table;                                                                    \
  }
