// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64.h"

#include <gtest/gtest.h>

namespace gyre {
namespace {

TEST(Base64, KnownTextsFromRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, AppendKeepsWhatStoodBefore) {
  std::string out = "x";
  append_base64(out, "f");
  EXPECT_EQ(out, "xZg==");
}

TEST(Base64, DecodesWhatItEncoded) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    bytes.push_back(static_cast<char>(i * 7));
    ASSERT_EQ(decode_base64(base64(bytes)).value(), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotStrictBase64) {
  for (const char* text : {"Zg", "Zg=", "Z", "Zm9v YmFy", "Zm9v\n", "Zm9_", "====", "Zh=="}) {
    EXPECT_FALSE(decode_base64(text).ok()) << text;
  }
}

}  // namespace
}  // namespace gyre
