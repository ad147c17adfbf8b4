// SPDX-License-Identifier: Apache-2.0
#include "core/api/caller_identity.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "core/api/arn.h"
#include "core/http/signature.h"
#include "core/json/utf8.h"

namespace gyre::api {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kXml = "text/xml";
constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr std::size_t kFormBytesMax =
    4096;  // of a body that are looked at: the one action that there is is short
constexpr std::size_t kQuotedBytesMax = 128;

// The value of `key` in key=value&key=value, as it came.
std::string_view form_value(std::string_view form, std::string_view key) {
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view item = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const std::size_t equals = item.find('=');
    if (equals != std::string_view::npos && item.substr(0, equals) == key) return item.substr(equals + 1);
  }
  return {};
}

http::Reply error(int status, std::string_view code, std::string_view message, std::string_view request_id) {
  return {
      status,
      kXml,
      fmt::format("<ErrorResponse xmlns=\"{}\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{}</Code>\n"
                  "    <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
                  kNamespace, code, xml_text(message), request_id),
      {}};
}

http::Reply identity(std::string_view user, std::string_view request_id) {
  const std::string name = xml_text(user);
  return {200,
          kXml,
          fmt::format("<GetCallerIdentityResponse xmlns=\"{}\">\n  <GetCallerIdentityResult>\n"
                      "    <Arn>arn:aws:iam::{}:user/{}</Arn>\n    <UserId>{}</UserId>\n"
                      "    <Account>{}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n"
                      "    <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
                      kNamespace, kAccountId, name, name, kAccountId, request_id),
          {}};
}

http::Reply answer(const http::HttpRequest& request) {
  const std::string_view action = form_value(request.body.substr(0, kFormBytesMax), "Action");
  if (action != "GetCallerIdentity") {
    return error(400, "InvalidAction",
                 fmt::format("Could not find operation {}", action.substr(0, kQuotedBytesMax)),
                 request.request_id);
  }
  const auto user =
      http::authenticate({request.authorization, request.query, request.x_amz_date, request.date});
  if (const auto* name = std::get_if<std::string_view>(&user)) return identity(*name, request.request_id);
  return error(403, "MissingAuthenticationToken", "Request is missing Authentication Token",
               request.request_id);
}

class CallerIdentityHandler final : public http::Handler {
 public:
  explicit CallerIdentityHandler(std::unique_ptr<http::Handler> others) : others_(std::move(others)) {}

  void run(const http::HttpRequest& request, http::ReplyTo reply) override {
    if (!request.content_type.starts_with(kForm)) return others_->run(request, std::move(reply));
    reply(answer(request));
  }

  bool open_to_all_origins() const override { return others_->open_to_all_origins(); }

 private:
  const std::unique_ptr<http::Handler> others_;
};

}  // namespace

std::unique_ptr<http::Handler> make_caller_identity_handler(std::unique_ptr<http::Handler> others) {
  return std::make_unique<CallerIdentityHandler>(std::move(others));
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : json::to_utf8(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

}  // namespace gyre::api
