// SPDX-License-Identifier: Apache-2.0
#include "core/files/transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

namespace gyre::files {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// A folder of this test alone, with a directory `from`.
class Transfer : public ::testing::Test {
 protected:
  Transfer() {
    std::string pattern = (fs::temp_directory_path() / "gyre_transfer_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::create_directories(path("from/log"));
    write("from/a", std::string(3'000'000, 'a'));
    write("from/log/b", "b");
    write("from/empty", "");
  }
  ~Transfer() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) { std::ofstream(path(name)) << bytes; }
  /// What is there, by name; directories end in a slash.
  std::map<std::string, std::string> tree(const std::string& name) const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(path(name))) {
      const std::string at = entry.path().lexically_relative(path(name)).string();
      if (entry.is_directory()) {
        found[at + "/"] = "";
      } else {
        std::ifstream file(entry.path());
        found[at] = {std::istreambuf_iterator<char>(file), {}};
      }
    }
    return found;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(root_)) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

  std::string root_;
};

/// Files that become longer fail, as on a full disk, until this goes.
class ShortFiles {
 public:
  explicit ShortFiles(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit now{bytes, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  ~ShortFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int);
};

using Transferring = Status (*)(const std::string&, const std::string&);
constexpr Transferring kWays[] = {move_directory, copy_directory};

TEST_F(Transfer, ADirectoryComesWhole) {
  const auto expected = tree("from");
  ASSERT_TRUE(copy_directory(path("from"), path("copy")).ok());
  EXPECT_EQ(tree("copy"), expected);
  EXPECT_EQ(tree("from"), expected);
  ASSERT_TRUE(move_directory(path("from"), path("to")).ok());
  EXPECT_EQ(tree("to"), expected);
  EXPECT_EQ(names(), (std::vector<std::string>{"copy", "to"}));
}

TEST_F(Transfer, AnEmptyDirectoryIsReplaced) {
  const auto expected = tree("from");
  for (const char* target : {"copy", "to"}) {
    fs::create_directory(path(target));
    const auto transfer = target == std::string("copy") ? copy_directory : move_directory;
    ASSERT_TRUE(transfer(path("from"), path(target) + "/").ok());
    EXPECT_EQ(tree(target), expected);
  }
}

TEST_F(Transfer, NothingElseIsReplaced) {
  fs::create_directory(path("to"));
  write("to/mine", "mine");
  write("file", "mine");
  const auto expected = tree("");
  for (const Transferring transfer : kWays) {
    for (const char* target : {"to", "file", "none/to"}) {
      const Status refused = transfer(path("from"), path(target));
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, ErrorCode::kValidation) << refused.error().message;
      EXPECT_THAT(refused.error().message, HasSubstr(path(target)));
    }
  }
  EXPECT_EQ(tree(""), expected);
  // What an earlier one was at when it was killed is the user's to remove.
  fs::create_directory(path("new.partial"));
  const Status refused = copy_directory(path("from"), path("new"));
  EXPECT_THAT(refused.error().message, HasSubstr(path("new.partial")));
}

TEST_F(Transfer, NothingStaysOfACopyThatFailed) {
  const auto expected = tree("from");
  {
    const ShortFiles full(2'000'000);
    const Status failed = copy_directory(path("from"), path("to"));
    ASSERT_FALSE(failed.ok());
    EXPECT_THAT(failed.error().message, HasSubstr(path("to.partial/a")));
  }
  ASSERT_EQ(::mkfifo(path("from/pipe").c_str(), 0644), 0);
  EXPECT_EQ(copy_directory(path("from"), path("to")).error().code, ErrorCode::kValidation);
  fs::remove(path("from/pipe"));
  EXPECT_EQ(names(), std::vector<std::string>{"from"});
  EXPECT_EQ(tree("from"), expected);
}

// What is in /proc has one name.
TEST_F(Transfer, AFileThatCannotHaveASecondNameIsCopied) {
  ASSERT_TRUE(link_or_copy("/proc/version", path("version")).ok());
  EXPECT_THAT(tree("").at("version"), HasSubstr("Linux"));
  EXPECT_EQ(link_or_copy("/proc/version", path("version")).error().code, ErrorCode::kValidation);
}

TEST_F(Transfer, AFileGetsASecondName) {
  ASSERT_TRUE(link_or_copy(path("from/a"), path("a")).ok());
  EXPECT_TRUE(fs::equivalent(path("from/a"), path("a")));
  EXPECT_EQ(link_or_copy(path("from/a"), path("a")).error().code, ErrorCode::kValidation);
  EXPECT_EQ(link_or_copy(path("from/none"), path("b")).error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace gyre::files
