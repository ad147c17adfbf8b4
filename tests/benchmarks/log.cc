// SPDX-License-Identifier: Apache-2.0
// What a commit costs in core/log, beside one write and one fdatasync of as many bytes into a file whose
// space was written beforehand: both in turns, in the folder that is named.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/files/local_folder.h"
#include "core/log/log.h"

namespace gyre {
namespace {

using SteadyClock = std::chrono::steady_clock;
using log::Log;

constexpr int kRounds = 10;
constexpr int kCommitsPerRound = 100;
constexpr std::size_t kRecordBytes = 700;
constexpr std::size_t kImageBytes = 320;

double micros_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::micro>(SteadyClock::now() - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class LogCommits {
 public:
  explicit LogCommits(const std::string& path) : folder_(files::open_local_folder(path).value()) {
    log::LogOptions options;
    options.incarnation = log::LogIncarnation(1);
    options.term = log::Term(1);
    log_ = Log::recover(*folder_, options, std::nullopt).value();
    make_space();
  }

  // The segment that is written has all of its space.
  void make_space() {
    commit(1);
    CHECK(log_->prepare().ok() && log_->close_segment().ok());
    commit(1);
    CHECK(log_->prepare().ok());
  }

  std::uint64_t commit(int writes) {
    log::FrameBuilder& frame = frame_;
    for (int i = 0; i < writes; ++i) {
      ++sequence_;
      const std::string key = "table and partition " + std::to_string(sequence_ * 7919 % 20'000);
      const auto entry = frame.add_entry({.shard = ShardId(sequence_ % 4 + 1),
                                          .sequence = SequenceNumber(sequence_),
                                          .ordinal = Ordinal(++ordinals_[sequence_ % 4]),
                                          .time = sequence_,
                                          .cumulative_bytes = sequence_},
                                         record_);
      frame.put(1, {key},
                {"header of an item's row, 24", {.entry = entry, .offset = 200, .length = kImageBytes}});
    }
    const std::uint64_t bytes = frame.frame_bytes();
    CHECK(log_->append(frame, {SequenceNumber(sequence_), sequence_, sequence_}).ok());
    CHECK(log_->sync().ok());
    return bytes;
  }

 private:
  std::unique_ptr<files::Folder> folder_;
  std::unique_ptr<Log> log_;
  log::FrameBuilder frame_;
  const std::string record_ = std::string(kRecordBytes, 'r');
  std::uint64_t sequence_ = 0;
  std::uint64_t ordinals_[4] = {};
};

class BareWrites {
 public:
  explicit BareWrites(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0644)) {
    CHECK(file_ >= 0);
    const std::string zeros(1024 * 1024, '\0');
    for (int i = 0; i < 64; ++i) {
      CHECK(::write(file_, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size()));
    }
    CHECK(::fdatasync(file_) == 0);
  }
  ~BareWrites() { ::close(file_); }

  void commit(std::uint64_t bytes) {
    const std::string data(bytes, 'd');
    CHECK(::pwrite(file_, data.data(), data.size(), static_cast<off_t>(offset_)) ==
          static_cast<ssize_t>(bytes));
    CHECK(::fdatasync(file_) == 0);
    offset_ += bytes;
  }

 private:
  int file_;
  std::uint64_t offset_ = 0;
};

void measure(const std::string& folder, int writes) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  LogCommits commits(folder + "/log");
  BareWrites bare(folder + "/bare");
  std::vector<double> with_log;
  std::vector<double> without;
  std::uint64_t bytes = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kCommitsPerRound; ++i) {
      const auto begin = SteadyClock::now();
      bytes = commits.commit(writes);
      with_log.push_back(micros_since(begin));
    }
    for (int i = 0; i < kCommitsPerRound; ++i) {
      const auto begin = SteadyClock::now();
      bare.commit(bytes);
      without.push_back(micros_since(begin));
    }
  }
  std::printf("%d writes, %llu bytes a frame: log %.0f us, bare write + fdatasync %.0f us, ratio %.2f\n",
              writes, static_cast<unsigned long long>(bytes), median(with_log), median(without),
              median(with_log) / median(without));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gyre

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  for (const int writes : {14, 32}) gyre::measure(std::string(argv[1]) + "/log_benchmark", writes);
  return 0;
}
