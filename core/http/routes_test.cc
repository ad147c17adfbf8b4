// SPDX-License-Identifier: Apache-2.0
#include "core/http/routes.h"

#include <gtest/gtest.h>

namespace gyre::http {
namespace {

class Named final : public Handler {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  void run(const HttpRequest&, ReplyTo) override {}
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

class RoutesTest : public testing::Test {
 protected:
  void add(const std::string& method, const std::string& pattern) {
    routes_.add(method, pattern, std::make_unique<Named>(pattern));
  }
  // The pattern that was found, and the parameters.
  std::string find(std::string_view method, std::string_view path) {
    Routes::Parameters parameters;
    const Handler* handler = routes_.find(method, path, parameters);
    if (handler == nullptr) return "none";
    std::string text = static_cast<const Named*>(handler)->name();
    for (const auto& [name, value] : parameters) text.append(" ").append(name).append("=").append(value);
    return text;
  }

  Routes routes_{Origins({}, "")};
};

TEST_F(RoutesTest, MethodAndPathMustBothFit) {
  add("GET", "/metrics");
  EXPECT_EQ(find("GET", "/metrics"), "/metrics");
  EXPECT_EQ(find("POST", "/metrics"), "none");
  EXPECT_EQ(find("get", "/metrics"), "none");
  EXPECT_EQ(find("GET", "/metrics/"), "none");
  EXPECT_EQ(find("GET", "/metric"), "none");
  EXPECT_EQ(find("GET", ""), "none");
}

TEST_F(RoutesTest, SegmentsOfThePathBecomeParameters) {
  add("GET", "/2015-03-31/event-source-mappings/{uuid}");
  add("POST", "/functions/{name}/invocations/{id}");
  EXPECT_EQ(find("GET", "/2015-03-31/event-source-mappings/ab-1"),
            "/2015-03-31/event-source-mappings/{uuid} uuid=ab-1");
  EXPECT_EQ(find("GET", "/2015-03-31/event-source-mappings/"), "none");
  EXPECT_EQ(find("GET", "/2015-03-31/event-source-mappings"), "none");
  EXPECT_EQ(find("GET", "/2015-03-31/event-source-mappings/a/b"), "none");
  EXPECT_EQ(find("POST", "/functions/f%2F/invocations/7"),
            "/functions/{name}/invocations/{id} name=f%2F id=7");
  EXPECT_EQ(find("POST", "/functions//invocations/7"), "none");
}

TEST_F(RoutesTest, AStarTakesAllThatFollows) {
  add("GET", "/console/*");
  add("POST", "*");
  EXPECT_EQ(find("GET", "/console"), "/console/*");
  EXPECT_EQ(find("GET", "/console/"), "/console/*");
  EXPECT_EQ(find("GET", "/console/a/b.js"), "/console/*");
  EXPECT_EQ(find("GET", "/consoles"), "none");
  EXPECT_EQ(find("POST", "/"), "*");
  EXPECT_EQ(find("POST", ""), "*");
}

TEST_F(RoutesTest, TheMoreExactPatternIsPreferredWhateverCameFirst) {
  add("GET", "*");
  add("GET", "/a/*");
  add("GET", "/a/b/*");
  add("GET", "/a/{x}");
  add("GET", "/a/b");
  EXPECT_EQ(find("GET", "/a/b"), "/a/b");
  EXPECT_EQ(find("GET", "/a/c"), "/a/{x} x=c");
  EXPECT_EQ(find("GET", "/a/b/c"), "/a/b/*");
  EXPECT_EQ(find("GET", "/a/c/d"), "/a/*");
  EXPECT_EQ(find("GET", "/z"), "*");
}

}  // namespace
}  // namespace gyre::http
