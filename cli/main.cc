// SPDX-License-Identifier: Apache-2.0
// The program `gyre`: reads the command line and hands over to one command. Nothing is decided here.

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/admin.h"
#include "cli/audit_menu.h"
#include "cli/backup.h"
#include "cli/exit_codes.h"
#include "cli/log_commands.h"
#include "cli/manual.h"
#include "cli/option_checks.h"
#include "cli/output.h"
#include "cli/peer_option.h"
#include "cli/region.h"
#include "cli/running.h"
#include "cli/stream_commands.h"
#include "cli/up.h"
#include "core/base/log.h"

namespace gyre::cli {
namespace {

int exit_code = 0;

// One option of a region, by what kind of value it takes. `settings` holds the defaults.
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Flag& flag,
                RegionSettings& settings) {
  command.add_flag(option.flag, settings.*flag.where, option.help);
}
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Number& number,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*number.where, option.help)
      ->check(CLI::Range(number.least, number.most))
      ->capture_default_str();
}
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Choice& choice,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*choice.where, option.help)
      ->check(CLI::IsMember(choice.values))
      ->capture_default_str();
}
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Texts& texts,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*texts.where, option.help)->allow_extra_args(false);
}
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Path& path,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*path.where, option.help)->type_name("FILE");
}

void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Place& place,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*place.where, option.help)->type_name("DIRECTORY");
}
void add_option(CLI::App& command, const RegionOption& option, const RegionOption::Url& url,
                RegionSettings& settings) {
  command.add_option(option.flag, settings.*url.where, option.help)->type_name("URL");
}

/// Options of `serve`, as they stand on the command line.
struct ServeArguments {
  ServeOptions serve;
  std::string region = "us-east-1";
  std::vector<std::string> peers;
  std::vector<std::string> routes;
};

int serve(ServeArguments& arguments) {
  RegionOptions& options = arguments.serve.region;
  options.region = RegionId(arguments.region);
  const Status checked = check_settings(options.settings);
  if (!checked.ok()) return fail(checked.error());
  for (const std::string& text : arguments.peers) {
    auto peer = parse_peer(text);
    if (!peer.ok()) return fail(peer.error());
    options.peers.push_back(*std::move(peer));
  }
  const Status chosen = choose_defaults(options);
  if (!chosen.ok()) return fail(chosen.error());
  for (const std::string& text : arguments.routes) {
    auto route = parse_route(text);
    if (!route.ok()) return fail(route.error());
    options.routes.push_back(*std::move(route));
  }
  start_log("", least_level(options.settings));
  return run_serve(arguments.serve);
}

void add_serve(CLI::App& app) {
  auto arguments = std::make_shared<ServeArguments>();  // shared: CLI11 copies the callback
  CLI::App* command = app.add_subcommand("serve", "Run one region in the foreground");
  command->footer(
      "Examples:\n  gyre serve\n  gyre serve --memory-only --http 127.0.0.1:0\n"
      "  gyre serve --region eu-west-1 --http 127.0.0.1:8001 --data data/eu\n"
      "Prints its addresses and one line `ready` when it serves; Ctrl-C or SIGTERM stops it cleanly.");
  RegionOptions& options = arguments->serve.region;
  command->add_option("--region", arguments->region, "The region's name")->capture_default_str();
  command->add_option("--http", options.http, "HOST:PORT of the DynamoDB API; port 0: any free one")
      ->capture_default_str();
  command->add_option("--stream", options.stream,
                      "tcp://HOST:PORT of the change streams (default: as --http, 1000 ports on)");
  command
      ->add_option("--data", options.data,
                   "Directory of this region's data (default: data/REGION/data, as `gyre up` has it)")
      ->type_name("DIRECTORY");
  command->add_option("--peer", arguments->peers,
                      "Another region: NAME=tcp://HOST:PORT[,latency=MS][,jitter=MS][,loss=0..1][,cut]");
  command->add_option("--route", arguments->routes,
                      "Where another region serves the API: NAME=http://HOST:PORT, or "
                      "NAME=https://HOST:PORT[,CERTIFICATE]");
  for (const RegionOption& option : region_options()) {
    std::visit(
        [&](const auto& kind) { add_option(*command, option, kind, arguments->serve.region.settings); },
        option.kind);
  }
  command->add_flag("--supervised", arguments->serve.supervised)->group("");  // by `gyre up`: not for people
  command->callback([arguments] { exit_code = serve(*arguments); });
}

void add_up(CLI::App& app) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* command = app.add_subcommand("up", "Run every region of a topology");
  command->footer(
      "Examples:\n  gyre up examples/topologies/three-regions.toml\n"
      "  gyre up examples/topologies/three-regions.toml --detach\nCtrl-C or SIGTERM stops all.");
  command->add_option("topology", options->topology_file, "The topology, a TOML file")
      ->required()
      ->type_name("FILE");
  command->add_option("--data", options->data, "Directory of all regions' data")
      ->capture_default_str()
      ->type_name("DIRECTORY");
  command->add_flag(
      "--detach", options->detach,
      "Return when all regions serve, and leave them running: `gyre down` stops them. An error if they "
      "do not");
  command->callback([options] {
    start_log("", LogLevel::kWarning);
    exit_code = run_up(*options);
  });
}

/// --data, which all commands on running regions take.
std::shared_ptr<AdminOptions> add_data_option(CLI::App* command) {
  auto options = std::make_shared<AdminOptions>();
  options->data = kDefaultData;
  command->add_option("--data", options->data, "Directory on which `gyre up` runs")
      ->capture_default_str()
      ->type_name("DIRECTORY");
  return options;
}

void add_json_flag(CLI::App* command, AdminOptions& options) {
  command->add_flag("--json", options.json, "Print JSON lines");
}

/// For commands that call the API of regions: --endpoint names one by its URL.
std::shared_ptr<AdminOptions> add_api_options(CLI::App* command) {
  auto options = add_data_option(command);
  CLI::Option* endpoint =
      command
          ->add_option("--endpoint", options->endpoint,
                       "One region by the URL of its API, http://HOST:PORT, instead of --data")
          ->check(begins_with({"http://", "https://"}));
  command
      ->add_option("--ca-bundle", options->ca_bundle,
                   "Certificates to trust at an https:// endpoint (default: the system's)")
      ->type_name("FILE")
      ->needs(endpoint);
  add_json_flag(command, *options);
  return options;
}

/// For commands that read change streams: --endpoint names one by its address. Their lines are JSON anyway.
std::shared_ptr<AdminOptions> add_stream_options(CLI::App* command) {
  auto options = add_data_option(command);
  command
      ->add_option("--endpoint", options->endpoint,
                   "One region by the address of its change streams, tcp://HOST:PORT, instead of --data")
      ->check(begins_with({"tcp://"}));
  return options;
}

void add_status(CLI::App& app) {
  CLI::App* command = app.add_subcommand("status", "Say what `gyre up` runs, where, and for how long");
  command->footer(
      "Example:\n  gyre status\nExit status: 0 all regions serve, 1 some do not, or nothing runs.");
  auto options = add_data_option(command);
  add_json_flag(command, *options);
  command->callback([options] { exit_code = run_status(*options); });
}

void add_down(CLI::App& app) {
  CLI::App* command = app.add_subcommand("down", "Stop all that `gyre up` runs");
  command->footer("Example:\n  gyre down\nExit status: 0 all has ended, 1 nothing ran, 2 an error.");
  auto options = add_data_option(command);
  auto down = std::make_shared<DownCommand>();
  command->add_option("--wait", down->wait_s, "Seconds to wait for the end of all")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command->callback([options, down] { exit_code = run_down(*options, *down); });
}

void add_link(CLI::App& app) {
  CLI::App* link = app.add_subcommand("link", "Cut, heal, slow down and list the links between regions");
  link->require_subcommand(1);
  link->footer(
      "Example:\n  gyre link cut us-east-1 ap-northeast-1\n  gyre link heal us-east-1 ap-northeast-1");
  const std::pair<const char*, const char*> actions[] = {{"cut", "Let nothing through, both ways"},
                                                         {"heal", "Let everything through again"},
                                                         {"set", "Change latency, jitter or loss"},
                                                         {"list", "Show every link and its state"}};
  for (const auto& [name, description] : actions) {
    CLI::App* action = link->add_subcommand(name, description);
    auto command = std::make_shared<LinkCommand>();
    command->action = name;
    auto options = command->action == "list" ? add_api_options(action) : add_data_option(action);
    if (command->action != "list") {
      action->add_option("from", command->from, "A region")->required();
      action->add_option("to", command->to, "Another region")->required();
      action->add_flag("--one-way", command->one_way, "Only what travels from the first to the second");
      add_json_flag(action, *options);
    }
    if (command->action == "set") {
      action->add_option("--latency", command->latency_ms, "Milliseconds one way")
          ->check(CLI::Range(0, 60000));
      action->add_option("--jitter", command->jitter_ms, "Milliseconds")->check(CLI::Range(0, 60000));
      action->add_option("--loss", command->loss, "Share of frames lost")->check(CLI::Range(0.0, 1.0));
    }
    action->callback([options, command] { exit_code = run_link(*options, *command); });
  }
}

void add_verify(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "Say whether all regions hold the same items of a table");
  command->footer(
      "Example:\n  gyre verify cities\nExit status: 0 the same, 1 keys differ (they are named), 2 an error.");
  auto options = add_api_options(command);
  auto verify = std::make_shared<VerifyCommand>();
  command->add_option("table", verify->table, "The table")->required();
  command->add_option("--wait", verify->wait_s, "Seconds to look again at what differs")
      ->capture_default_str();
  command->callback([options, verify] { exit_code = run_verify(*options, *verify); });
}

void add_conflicts(CLI::App& app) {
  CLI::App* command = app.add_subcommand("conflicts", "Print the writes that lost against concurrent ones");
  command->footer("Example:\n  gyre conflicts --table cities");
  auto options = add_api_options(command);
  auto conflicts = std::make_shared<ConflictsCommand>();
  command->add_option("--table", conflicts->table, "Only this table's");
  command->add_option("--region", conflicts->region, "Only as this region saw them");
  command->add_option("--limit", conflicts->limit, "At most so many of each region")->capture_default_str();
  command->callback([options, conflicts] { exit_code = run_conflicts(*options, *conflicts); });
}

void add_backup(CLI::App& app) {
  CLI::App* command = app.add_subcommand("backup", "Copy the store of a region that serves");
  command->footer(
      "Example:\n  gyre backup /backups/monday --region us-east-1\n"
      "The copy has all that was acknowledged before. A start on it, or on a copy of it, goes on from "
      "there.");
  auto options = add_api_options(command);
  auto backup = std::make_shared<BackupCommand>();
  command->add_option("directory", backup->directory, "Where the copy goes: not there yet, or empty")
      ->required()
      ->check(not_empty())
      ->type_name("DIRECTORY");
  command->add_option("--region", backup->region, "The region (default: the only one)")
      ->excludes(command->get_option("--endpoint"));
  command->callback([options, backup] { exit_code = run_backup(*options, *backup); });
}

void add_region(CLI::App& app) {
  CLI::App* region = app.add_subcommand("region", "Kill, restart and list the regions of a running topology");
  region->require_subcommand(1);
  region->footer("Example:\n  gyre region kill eu-west-1\n  gyre region restart eu-west-1");
  const std::pair<const char*, const char*> actions[] = {{"kill", "kill -9, and leave it down"},
                                                         {"restart", "Start a killed region again"},
                                                         {"list", "Show every region"}};
  for (const auto& [name, description] : actions) {
    CLI::App* action = region->add_subcommand(name, description);
    auto options = add_data_option(action);
    auto command = std::make_shared<RegionCommand>();
    command->action = name;
    if (command->action == "list") add_json_flag(action, *options);
    if (command->action != "list") action->add_option("region", command->region, "The region")->required();
    action->callback([options, command] { exit_code = run_region(*options, *command); });
  }
}

void add_tail(CLI::App& app) {
  CLI::App* command = app.add_subcommand("tail", "Follow a table's change stream");
  command->footer(
      "Example:\n  gyre tail cities --region eu-west-1\nPrints one JSON line per change, until Ctrl-C.");
  auto options = add_stream_options(command);
  auto tail = std::make_shared<TailCommand>();
  command->add_option("table", tail->table, "The table")->required();
  command->add_option("--region", tail->region, "The region to read from (default: the first)");
  command->add_flag("--from-start", tail->from_start, "Begin with the oldest change kept");
  command->callback([options, tail] { exit_code = run_tail(*options, *tail); });
}

void add_replay(CLI::App& app) {
  CLI::App* command = app.add_subcommand("replay", "Print the history of a table, or of all");
  command->footer(
      "Example:\n  gyre replay cities --from '1 hour ago' --to now --key '{\"country\":{\"S\":\"JP\"},"
      "\"place\":{\"S\":\"Tokyo#35.6895,139.69171\"}}'\n"
      "Times: now, 'N minutes ago', 2026-01-31T12:00:00Z, or milliseconds since 1970.\n"
      "A region's archive and its log are read as one. With --archive or --log no region need run.\n"
      "Exit status: 0, 1 if no change of the --key is kept, 2 an error.");
  auto options = add_stream_options(command);
  auto replay = std::make_shared<ReplayCommand>();
  command->add_option("table", replay->table, "The table, by name or as #ID (default: all)");
  command->add_option("--region", replay->region, "The region to read from (default: the first)");
  command->add_option("--from", replay->from, "Changes from this time on");
  command->add_option("--to", replay->to, "Changes before this time");
  command
      ->add_option("--key", replay->key,
                   "Only changes with this key: {\"id\":{\"S\":\"1\"}} (all key attributes, or some), or "
                   "just the partition key's value")
      ->check(not_empty());
  HistoryReplay& history = replay->history;
  add_source_options(command, history.source);
  command->add_option("--key-prefix", history.key_prefix,
                      "Only items whose partition key's value begins like this");
  command->add_option("--principal", history.principal, "Only what this access key id wrote");
  command->add_option("--origin", history.origin, "Only what was written in this region");
  command
      ->add_option("--kind", history.kinds,
                   "Only this kind of change; may come again (default: "
                   "insert, modify, remove)")
      ->check(CLI::IsMember(HistoryReplay::kind_names()))
      ->allow_extra_args(false);
  command->add_option("--from-sequence", history.from_sequence, "Changes from this sequence number on");
  command->add_option("--to-sequence", history.to_sequence, "Changes up to this sequence number");
  command
      ->add_option("--format", history.format,
                   "json: a line for each; csv; history: for people, with what changed in each attribute")
      ->check(CLI::IsMember(HistoryReplay::formats()))
      ->capture_default_str();
  command->add_flag("--newest-first", history.backwards, "From new to old");
  command->callback([options, replay] { exit_code = run_replay(*options, *replay); });
}

void add_consume(CLI::App& app) {
  CLI::App* command = app.add_subcommand("consume", "Run a plugin on a table's change stream");
  command->footer(
      "Example:\n  gyre consume build/release/examples/plugins/country_counter.so --name country_counter \\\n"
      "      --region eu-west-1 --table cities\n"
      "The plugin runs in a process of its own, which is started again if it dies.");
  auto options = add_stream_options(command);
  auto consume = std::make_shared<ConsumeCommand>();
  command->add_option("library", consume->library, "The plugin, a shared library")
      ->required()
      ->type_name("FILE");
  command->add_option("--name", consume->name, "The consumer's name: its checkpoints are stored under it")
      ->required();
  command->add_option("--region", consume->region, "The region to read from (default: the first)");
  command->add_option("--stream", consume->stream, "Its stream endpoint, instead of --data and --region");
  command->add_option("--table", consume->table, "The table")->required();
  command->add_flag("--unsupervised", consume->unsupervised, "Run the plugin in this very process");
  command->callback([options, consume] { exit_code = run_consume(*options, *consume); });
}

void add_log(CLI::App& app) {
  CLI::App* log = app.add_subcommand("log", "Check and print the files of a change log; no region need run");
  log->require_subcommand(1);
  log->footer(
      "Example:\n  gyre log verify --data data/us-east-1/data\n  gyre log dump --data data/us-east-1/data "
      "--segment 1");
  const auto add = [log](const char* name, const char* description, const char* footer) {
    CLI::App* action = log->add_subcommand(name, description);
    action->footer(footer);
    auto command = std::make_shared<LogCommand>();
    action->add_option("--data", command->data, "The log's directory, or a region's, which has it in `log`")
        ->required()
        ->type_name("DIRECTORY");
    return std::make_pair(action, command);
  };
  const auto [verify, verified] = add("verify", "Check every byte, and name what is damaged",
                                      "Example:\n  gyre log verify --data data/us-east-1/data\n"
                                      "Exit status: 0 all is whole, 1 something is damaged, 2 an error.");
  verify->add_flag("--json", verified->json, "Print JSON lines");
  verify->callback([command = verified] { exit_code = run_log_verify(*command); });
  const auto [dump, dumped] = add("dump", "Print each record as a JSON line, with its bytes in base64",
                                  "Example:\n  gyre log dump --data data/us-east-1/data --segment 1\n"
                                  "What is damaged is named in a line of its own.\n"
                                  "Exit status: 0, 1 if something is damaged, 2 an error.");
  const CLI::Validator not_zero(
      [](std::string& text) { return text == "0" ? "they begin at 1" : std::string(); }, "");
  dump->add_option("--segment", dumped->segment, "Only this segment's")->check(not_zero);
  dump->add_option("--shard", dumped->shard, "Only this shard's")->check(not_zero);
  dump->callback([command = dumped] { exit_code = run_log_dump(*command); });
}

}  // namespace
}  // namespace gyre::cli

int main(int argc, char** argv) {
  using namespace gyre::cli;
  CLI::App app("Gyre: a DynamoDB-compatible, multi-region database with a change log you can read", "gyre");
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text, "Print the version, the commit and those of the libraries");
  add_serve(app);
  add_up(app);
  add_status(app);
  add_down(app);
  add_link(app);
  add_region(app);
  add_verify(app);
  add_conflicts(app);
  add_backup(app);
  add_tail(app);
  add_replay(app);
  add_consume(app);
  add_log(app);
  add_audit(app, exit_code);
  add_manual_commands(app, exit_code);
  app.footer("Exit status:\n" + exit_code_lines());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    exit_code = answer_stopped(app, stop, {argv + std::min(argc, 1), argv + argc});
  }
  return finish_output(exit_code);
}
