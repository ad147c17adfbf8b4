// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/base/join.h"
#include "core/base/limits.h"
#include "core/http/error_reply.h"
#include "core/http/region_passer.h"

namespace gyre::http {
namespace {

class RegionRouting final : public Handler {
 public:
  RegionRouting(std::unique_ptr<Handler> here, const Router& router, RegionId region, RegionPasser& passer)
      : here_(std::move(here)), router_(router), region_(std::move(region)), passer_(passer) {
    std::vector<std::string> names = {region_.name()};
    for (const RegionRoute& route : passer_.routes()) names.push_back(route.region.name());
    names_ = join(names, ", ");
  }

  bool open_to_all_origins() const override { return here_->open_to_all_origins(); }

  void run(const HttpRequest& request, ReplyTo reply) override {
    // Large requests name their tables one by one, if at all by ARNs.
    const bool is_small = request.body.size() <= limits::kInlineBodyBytesMax;
    const Destination destination =
        destination_of(request, request.connection->header(kPassedOnHeader),
                       is_small ? arn_region_of(request.body, *request.json) : std::string_view(), region_,
                       passer_.routes());
    switch (destination.kind) {
      case Destination::Kind::kHere:
        return here_->run(request, std::move(reply));
      case Destination::Kind::kOtherRegion:
        return pass_on(destination.route, request, std::move(reply));
      case Destination::Kind::kUnknownRegion:
        return reply(Reply::of(invalid_signature(fmt::format(
                                   "Credential should be scoped to a valid region, not '{}'. The regions "
                                   "here are {}.",
                                   destination.region, names_)),
                               kJson10));
      case Destination::Kind::kAstray:
        return reply(Reply::of(
            error_reply({ErrorCode::kUnavailable,
                         fmt::format("A request for '{}' was passed on to '{}': the topology names a wrong "
                                     "endpoint, or one that was another region's before",
                                     destination.region, region_.name())}),
            kJson10));
    }
  }

 private:
  void pass_on(std::size_t route, const HttpRequest& request, ReplyTo reply) {
    const auto entry = router_.find_entry(request.x_amz_target);
    if (entry.ok()) {
      // The answer comes whole, so its room is set aside whatever it is here.
      const ReplyRoom room{(*entry)->reply_room.bytes, true};
      if (!request.connection->take_room(room)) return;
    }
    passer_.pass_on(route, request, std::move(reply));
  }

  const std::unique_ptr<Handler> here_;
  const Router& router_;
  const RegionId region_;
  RegionPasser& passer_;
  std::string names_;
};

}  // namespace

std::unique_ptr<Handler> make_region_routing(std::unique_ptr<Handler> here, const Router& router,
                                             RegionId region, RegionPasser& passer) {
  return std::make_unique<RegionRouting>(std::move(here), router, std::move(region), passer);
}

}  // namespace gyre::http
