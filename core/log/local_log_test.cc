// SPDX-License-Identifier: Apache-2.0
// A log on a local disk takes a few descriptors, however many segments it has.
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "core/files/local_folder.h"
#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

constexpr std::size_t kSegments = 24;
// The folder, the segment that is written, the next one.
constexpr std::size_t kDescriptorsMax = 4;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class LocalLog : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(path_); }
  void TearDown() override {
    log_.reset();
    folder_.reset();
    std::filesystem::remove_all(path_);
  }
  void open() {
    log_.reset();
    folder_ = files::open_local_folder(path_).value();
    log_ = Log::recover(*folder_, test_options(++term_), {}).value();
  }
  void append() {
    FrameBuilder builder;
    const FrameMaker::Content content = maker_.fill(builder, 4, 300);
    ASSERT_TRUE(log_->append(builder, content.stamp).ok());
    ASSERT_TRUE(log_->sync().ok());
    ASSERT_TRUE(log_->prepare().ok());
    ++frames_;
  }
  std::uint64_t frames_in_log() {
    FrameStream stream = log_->stream(FrameNumber(), Contents::kChecked);
    std::uint64_t count = 0;
    while (stream.next().value()) ++count;
    return count;
  }

  const std::string path_ = ::testing::TempDir() + "gyre_local_log_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::unique_ptr<files::Folder> folder_;
  std::unique_ptr<Log> log_;
  FrameMaker maker_{1};
  std::uint64_t term_ = 0;
  std::uint64_t frames_ = 0;
};

TEST_F(LocalLog, TakesAFewDescriptorsForAnyNumberOfSegments) {
  const std::size_t before = open_descriptors();
  open();
  while (log_->closed_segments()->size() < kSegments) {
    append();
    while (log_->seal().value()) {
    }
  }
  EXPECT_LE(open_descriptors(), before + kDescriptorsMax);
  EXPECT_EQ(frames_in_log(), frames_);
  open();
  EXPECT_LE(open_descriptors(), before + kDescriptorsMax);
  EXPECT_EQ(frames_in_log(), frames_);
}

// Each life leaves a segment that the next one seals.
TEST_F(LocalLog, TakesAFewDescriptorsAfterAnyNumberOfLives) {
  const std::size_t before = open_descriptors();
  for (std::size_t life = 0; life < kSegments; ++life) {
    open();
    append();
    ASSERT_TRUE(log_->seal().ok());
  }
  EXPECT_LE(open_descriptors(), before + kDescriptorsMax);
  EXPECT_EQ(frames_in_log(), frames_);
}

// Who reads a segment goes on when it is trimmed.
TEST_F(LocalLog, ASegmentAtRestStaysReadableWhenItIsTrimmed) {
  open();
  while (log_->closed_segments()->size() < 4) {
    append();
    while (log_->seal().value()) {
    }
  }
  const SegmentPointer oldest = log_->closed_segments()->front();
  FrameStream stream = log_->stream(FrameNumber(), Contents::kChecked);
  ASSERT_TRUE(stream.next().value());
  ASSERT_TRUE(log_->trim(oldest->number()).ok());
  ASSERT_TRUE(stream.next().value());
  EXPECT_EQ(all_shards(*oldest).value().empty(), false);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/" + segment_name(oldest->number())));
}

}  // namespace
}  // namespace gyre::log
