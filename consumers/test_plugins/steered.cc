// SPDX-License-Identifier: Apache-2.0

// A plugin that does what the records tell it in their attribute "do", and counts the others in the table
// "counts".

#include <gyre/plugin.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

class Steered : public gyre::plugin::Consumer {
 public:
  explicit Steered(const gyre::plugin::Host& host) : host_(host) {}

  void process(const gyre::plugin::Batch& batch, gyre::plugin::Result& result) override {
    std::uint64_t done = 0;
    int count = 0;
    for (const gyre::plugin::Record record : batch) {
      const std::string action(record.new_image().string("do").value_or(""));
      if (action == "throw") throw std::runtime_error("told to throw");
      if (action == "crash") std::abort();
      if (action == "crash once") crash_once();
      if (action == "bad json") result.put_item("counts", "{\"id\":");
      if (action == "nothing") return result.retry(record.sequence() + 1000, "no such record");
      if (action == "fatal") {
        if (done != 0) result.accept_through(done);
        add(result, count);
        return result.fatal(record.sequence(), "told to stop");
      }
      if (action == "reject") {
        result.reject(record.sequence(), "told to reject");
      } else {
        ++count;
      }
      done = record.sequence();
    }
    add(result, count);
    result.set_state(std::string(host_.consumer()) + " " + std::to_string(batch.size()) + " " +
                     std::string(batch.state()).substr(0, 100));
  }

  void shard_end(const gyre::plugin::ShardEnd&, gyre::plugin::Result& result) override {
    result.add_number("counts", R"({"id":{"S":"ends"}})", "n", "1");
  }

 private:
  static void add(gyre::plugin::Result& result, int count) {
    if (count != 0) result.add_number("counts", R"({"id":{"S":"all"}})", "n", std::to_string(count));
  }

  // Leaves a file behind, so that the next life of this process knows.
  static void crash_once() {
    const char* path = std::getenv("GYRE_TEST_CRASHED_FILE");
    if (std::FILE* file = std::fopen(path, "r")) {
      std::fclose(file);
      return;
    }
    std::fclose(std::fopen(path, "w"));
    std::abort();
  }

  gyre::plugin::Host host_;
};

}  // namespace

GYRE_PLUGIN(Steered, "steered", "1.0")
