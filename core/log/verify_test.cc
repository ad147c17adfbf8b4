// SPDX-License-Identifier: Apache-2.0
#include "core/log/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/log/forged_test.h"
#include "core/log/harness_test.h"
#include "core/log/salvage.h"

namespace gyre::log {
namespace {

using ::testing::HasSubstr;

/// A file of any size that has bytes at its beginning and at its end, and zeros between.
class SparseFile final : public files::File {
 public:
  SparseFile(std::string begin, std::string end, std::uint64_t bytes)
      : begin_(std::move(begin)), end_(std::move(end)), bytes_(bytes) {}

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    std::size_t done = 0;
    for (; done < bytes && offset + done < bytes_; ++done) into[done] = at(offset + done);
    return done;
  }
  void prefetch(std::uint64_t, std::uint64_t) const override {}
  Result<std::uint64_t> size() const override { return bytes_; }
  Result<std::uint64_t> link_count() const override { return std::uint64_t{1}; }
  Status write(std::uint64_t, std::string_view) override { return read_only(); }
  Status sync() override { return read_only(); }
  Status truncate(std::uint64_t) override { return read_only(); }

 private:
  static Error read_only() { return Error::internal("read only"); }
  char at(std::uint64_t offset) const {
    if (offset < begin_.size()) return begin_[offset];
    return offset < bytes_ - end_.size() ? '\0' : end_[offset - (bytes_ - end_.size())];
  }

  const std::string begin_;
  const std::string end_;
  const std::uint64_t bytes_;
};

class OneFile : public files::Folder {
 public:
  explicit OneFile(std::shared_ptr<files::File> file) : file_(std::move(file)) {}

  files::HomeTraits traits() const override { return {}; }
  Result<std::shared_ptr<files::File>> open(const std::string&) override { return file_; }
  Result<std::vector<std::string>> list() const override {
    return std::vector<std::string>{segment_name(SegmentNumber(1))};
  }
  Result<std::shared_ptr<files::File>> create(const std::string&) override { return read_only(); }
  Status rename(const std::string&, const std::string&) override { return read_only(); }
  Status remove(const std::string&) override { return read_only(); }
  Status sync() override { return read_only(); }
  Result<std::uint64_t> free_bytes() const override { return std::uint64_t{0}; }

 private:
  static Error read_only() { return Error::internal("read only"); }

  const std::shared_ptr<files::File> file_;
};

struct SealedSegments : Harness {
  explicit SealedSegments(int count = 60) {
    append_synced(count);
    EXPECT_TRUE(log->stop().ok());
  }
  std::string contents(std::uint64_t number) { return disk.contents(segment_file(number)); }
  SegmentReport verify(std::uint64_t number) { return verify_segment(disk, SegmentNumber(number)).value(); }
};

// The file of one whose trailer says that it has so many records and shards is as long as that; it costs
// nobody memory.
TEST(VerifySegment, AFooterIsNotReadBecauseItsTrailerSaysSo) {
  SealedSegments harness;
  const std::string contents = harness.contents(1);
  const Trailer honest = *harness.verify(1).trailer;
  for (const bool records_too : {true, false}) {
    std::string end = contents.substr(contents.size() - kTrailerBytes);
    const std::uint64_t records = records_too ? UINT32_MAX : honest.summary.record_count;
    const std::uint64_t shards = records_too ? UINT32_MAX : honest.summary.record_count;
    const std::uint64_t bytes = honest.summary.frames_end + shards * kShardRowBytes +
                                aligned(records * kPositionBytes) +
                                aligned(std::uint64_t{honest.frame_count} * kPositionBytes) + kTrailerBytes;
    store(end.data(), 80, records);
    store(end.data(), 104, static_cast<std::uint32_t>(shards));
    store(end.data(), 120, bytes);
    make_trailer_right(end, contents.substr(0, kFramesOffset));
    OneFile folder(std::make_shared<SparseFile>(contents.substr(0, honest.summary.frames_end), end, bytes));
    const SegmentReport report = verify_segment(folder, SegmentNumber(1)).value();
    EXPECT_TRUE(report.trailer);
    EXPECT_THAT(report.problem, HasSubstr("the footer is not that of the frames"));
  }
}

// Segments are sealed in order, so one that is not sealed before one that is has lost its end.
TEST(VerifySegment, ALostEndIsDamageWhereALaterSegmentIsSealed) {
  SealedSegments harness;
  const std::size_t count = harness.log->closed_segments()->size();
  ASSERT_GT(count, 3);
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{count - 1}, std::uint64_t{count}}) {
    const std::string contents = harness.contents(number);
    for (const std::size_t back : {std::size_t{1}, kTrailerBytes / 2, kTrailerBytes}) {
      harness.disk.flip_byte(harness.segment_file(number), contents.size() - back);
      const SegmentReport report = harness.verify(number);
      if (number == count) {
        EXPECT_THAT(report.problem, HasSubstr("the file ends here"));
      } else {
        EXPECT_EQ(report.problem, "segment " + std::to_string(number) +
                                      ": its end is missing or damaged, since segment " +
                                      std::to_string(number + 1) + " was sealed after it");
      }
      EXPECT_FALSE(report.trailer);
      EXPECT_EQ(report.last_frame.value() != 0, true) << "what is healthy is counted";
      harness.disk.set_contents(harness.segment_file(number), contents);
    }
    EXPECT_EQ(harness.verify(number).problem, "");
  }
}

// Two in a row, and one that is cut: the first sealed one behind them tells.
TEST(VerifySegment, SeveralLostEndsAreNamed) {
  SealedSegments harness;
  harness.disk.flip_byte(harness.segment_file(1), harness.contents(1).size() - 9);
  harness.disk.set_contents(harness.segment_file(2), harness.contents(2).substr(0, 3000));
  EXPECT_THAT(harness.verify(1).problem, HasSubstr("since segment 3 was sealed after it"));
  EXPECT_THAT(harness.verify(2).problem, HasSubstr("since segment 3 was sealed after it"));
}

// A log that is in use has segments behind which nothing is sealed yet.
TEST(VerifySegment, SegmentsThatWaitToBeSealedAreHealthy) {
  Harness harness;
  harness.append_synced(60);
  ASSERT_TRUE(harness.log->seal().value());
  const auto listed = list_segments(harness.disk).value();
  ASSERT_GT(listed.size(), 3);
  for (const SegmentNumber number : listed)
    EXPECT_EQ(verify_segment(harness.disk, number).value().problem, "") << number.value();
}

/// A file that grows: frames are read before the last ones are written.
class GrowingFile final : public files::File {
 public:
  /// `early`: what is there when the frames are read first.
  GrowingFile(std::string bytes, std::uint64_t early) : bytes_(std::move(bytes)), early_(early) {}

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    const std::size_t count = std::min<std::uint64_t>(bytes, bytes_.size() - std::min(offset, bytes_.size()));
    for (std::size_t done = 0; done < count; ++done) {
      into[done] = offset + done < early_ || grown_ ? bytes_[offset + done] : '\0';
    }
    grown_ = grown_ || (offset >= kFramesOffset && offset < early_ && offset + count > early_);
    return count;
  }
  void prefetch(std::uint64_t, std::uint64_t) const override {}
  Result<std::uint64_t> size() const override { return std::uint64_t{bytes_.size()}; }
  Result<std::uint64_t> link_count() const override { return std::uint64_t{1}; }
  Status write(std::uint64_t, std::string_view) override { return Error::internal("read only"); }
  Status sync() override { return Error::internal("read only"); }
  Status truncate(std::uint64_t) override { return Error::internal("read only"); }
  bool has_grown() const { return grown_; }

 private:
  const std::string bytes_;
  const std::uint64_t early_;
  mutable bool grown_ = false;
};

// Later frames vouch for one that was not there when it was looked for.
TEST(VerifySegment, ALogThatIsWrittenMeanwhileIsHealthy) {
  Harness harness;
  harness.append_synced(12, 1, 100);
  ASSERT_EQ(harness.frames.back().position.segment, SegmentNumber(1));
  const std::string bytes = harness.disk.contents(harness.segment_file(1));
  for (std::size_t i = 1; i < harness.frames.size(); ++i) {
    const std::uint64_t place = harness.frames[i].position.offset;
    for (const std::uint64_t early : {place, place + 40, place + kFrameHeaderBytes + 8}) {
      const auto file = std::make_shared<GrowingFile>(bytes, early);
      OneFile folder(file);
      const SegmentReport report = verify_segment(folder, SegmentNumber(1)).value();
      EXPECT_TRUE(file->has_grown());
      EXPECT_EQ(report.problem, "") << early;
      EXPECT_GE(report.frame_count, i);

      OneFile again(std::make_shared<GrowingFile>(bytes, early));
      Salvage salvage = Salvage::open(again, SegmentNumber(1)).value();
      std::size_t frames = 0;
      while (const auto step = salvage.next().value()) {
        EXPECT_TRUE(step->frame) << step->damage;
        ++frames;
      }
      EXPECT_GE(frames, i);
    }
  }
}

/// Lists its names in parts, as a folder does whose names go meanwhile.
class BusyFolder final : public OneFile {
 public:
  explicit BusyFolder(std::vector<std::vector<std::uint64_t>> listings)
      : OneFile(nullptr), listings_(std::move(listings)) {}
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names{"other"};
    for (const std::uint64_t number : listings_.at(std::min(listed_++, listings_.size() - 1)))
      names.push_back(segment_name(SegmentNumber(number)));
    return names;
  }
  std::size_t listed() const { return listed_; }

 private:
  const std::vector<std::vector<std::uint64_t>> listings_;
  mutable std::size_t listed_ = 0;
};

TEST(ListSegments, WhatGoesMeanwhileLeavesNoHole) {
  const auto listed = [](std::vector<std::vector<std::uint64_t>> listings, std::size_t times) {
    const BusyFolder folder(std::move(listings));
    std::vector<std::uint64_t> numbers;
    const std::vector<SegmentNumber> found = list_segments(folder).value();
    for (const SegmentNumber number : found) numbers.push_back(number.value());
    EXPECT_EQ(folder.listed(), times);
    return numbers;
  };
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_EQ(listed({{}}, 1), Numbers());
  EXPECT_EQ(listed({{3, 4, 5}}, 1), (Numbers{3, 4, 5}));
  // Trimmed, from the front on.
  EXPECT_EQ(listed({{1, 3, 4}, {3, 4}}, 2), (Numbers{3, 4}));
  EXPECT_EQ(listed({{1, 4, 5}, {4, 6}, {6, 7}}, 3), (Numbers{6, 7}));
  // And a hole.
  EXPECT_EQ(listed({{1, 2, 4}}, 2), (Numbers{1, 2, 4}));
}

// With one frame alone, no other vouches for it.
TEST(VerifySegment, ADamagedOpeningOfASealedSegmentIsDamage) {
  SealedSegments harness(1);
  ASSERT_TRUE(harness.verify(1).trailer);
  harness.disk.flip_byte(harness.segment_file(1), kOpeningOffset + 3);
  EXPECT_THAT(harness.verify(1).problem, HasSubstr("the opening is damaged"));
}

}  // namespace
}  // namespace gyre::log
