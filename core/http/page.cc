// SPDX-License-Identifier: Apache-2.0
#include "core/http/page.h"

#include <utility>

namespace gyre::http {
namespace {

class PageHandler final : public Handler {
 public:
  PageHandler(std::string_view content_type, std::function<std::string()> make)
      : content_type_(content_type), make_(std::move(make)) {}

  void run(const HttpRequest&, ReplyTo reply) override { reply(Reply{200, content_type_, make_(), {}}); }

 private:
  const std::string_view content_type_;
  const std::function<std::string()> make_;
};

}  // namespace

std::unique_ptr<Handler> make_page_handler(std::string_view content_type, std::function<std::string()> make) {
  return std::make_unique<PageHandler>(content_type, std::move(make));
}

}  // namespace gyre::http
