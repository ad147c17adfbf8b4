// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_menu.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/audit_commands.h"
#include "cli/option_checks.h"

namespace gyre::cli {
namespace {

void add_s3_endpoint(CLI::App* command, ArchivePlace& place) {
  command
      ->add_option("--s3-endpoint", place.endpoint,
                   "URL of the S3 API that has the bucket. Without it, and for the keys: the environment, as "
                   "AWS's tools read it")
      ->check(begins_with({"http://", "https://"}));
}

/// An archive, as the only thing that a command is about.
void add_archive_argument(CLI::App* command, ArchivePlace& place) {
  command->add_option("archive", place.place, "The archive: a directory, or s3://BUCKET/PREFIX")
      ->required()
      ->check(not_empty())
      ->type_name("DIRECTORY");
  add_s3_endpoint(command, place);
}

void add_audit_verify(CLI::App* audit, int* code) {
  CLI::App* command =
      audit->add_subcommand("verify", "Check every byte of an archive, and name what is wrong");
  command->footer(
      "Example:\n  gyre audit verify /archives/us-east-1\n"
      "It also prints the archive's keys and the hash of its newest seal: keep them elsewhere, and give them "
      "to "
      "--key and --seal.\nExit status: 0 all is as it was written, 1 something is not, 2 an error.");
  auto verify = std::make_shared<AuditVerifyCommand>();
  add_archive_argument(command, verify->archive);
  command->add_option("--key", verify->key,
                      "A public key that you know from elsewhere, in hexadecimal digits");
  command->add_option("--seal", verify->seal, "The hash of a seal that you know from elsewhere, likewise");
  command->add_flag("--json", verify->json, "Print JSON lines");
  command->callback([verify, code] { *code = run_audit_verify(*verify); });
}

void add_audit_proof(CLI::App* audit, int* code) {
  CLI::App* command = audit->add_subcommand("proof", "Print a proof that a change is in an archive");
  command->footer(
      "Example:\n  gyre audit proof /archives/us-east-1 --table cities --key '{\"country\":{\"S\":\"JP\"}}' "
      "--sequence 17\n"
      "examples/audit/verify_proof.py checks it, with nothing but a public key.\n"
      "Exit status: 0, 1 if the archive does not hold what its seal says, 2 an error.");
  auto proof = std::make_shared<AuditProofCommand>();
  add_archive_argument(command, proof->archive);
  command->add_option("--table", proof->table, "The table, by name or as #ID")
      ->required()
      ->check(not_empty());
  command->add_option("--key", proof->key, "The item's key, as for `gyre replay`")
      ->required()
      ->check(not_empty());
  command
      ->add_option("--sequence", proof->sequence, "The change's sequence number, as `gyre replay` shows it")
      ->required();
  command->callback([proof, code] { *code = run_audit_proof(*proof); });
}

void add_audit_consistency(CLI::App* audit, int* code) {
  CLI::App* command =
      audit->add_subcommand("consistency", "Print a proof that one seal has all that an older one has");
  command->footer(
      "Example:\n  gyre audit consistency 1 2 --archive /archives/us-east-1\n"
      "  gyre audit consistency kept/0000000000000001.seal --archive /archives/us-east-1\n"
      "examples/audit/verify_proof.py checks it.\n"
      "Exit status: 0, 1 if the seals do not follow one another, 2 an error.");
  auto consistency = std::make_shared<AuditConsistencyCommand>();
  command->add_option("old", consistency->old_seal, "The older seal: its number, or a copy of it in a file")
      ->required()
      ->check(not_empty());
  command->add_option("new", consistency->new_seal, "The newer one, likewise (default: the newest)");
  command
      ->add_option("--archive", consistency->archive.place, "The archive: a directory, or s3://BUCKET/PREFIX")
      ->required()
      ->check(not_empty())
      ->type_name("DIRECTORY");
  add_s3_endpoint(command, consistency->archive);
  command->callback([consistency, code] { *code = run_audit_consistency(*consistency); });
}

void add_audit_who(CLI::App* audit, int* code) {
  CLI::App* command = audit->add_subcommand("who", "Say who changed an item, when and from where");
  command->footer(
      "Example:\n  gyre audit who --archive /archives/us-east-1 --table cities --key JP\n"
      "`claimed`: the request said so, and nobody verified it.\n"
      "Exit status: 0, 1 if there is no such change, 2 an error.");
  auto who = std::make_shared<AuditWhoCommand>();
  add_source_options(command, who->source);
  command->add_option("--table", who->table, "The table, by name or as #ID")->required()->check(not_empty());
  command->add_option("--key", who->key, "The item's key, as for `gyre replay`")
      ->required()
      ->check(not_empty());
  command->add_flag("--json", who->json, "Print JSON lines");
  command->callback([who, code] { *code = run_audit_who(*who); });
}

void add_audit_rotate(CLI::App* audit, int* code) {
  CLI::App* command = audit->add_subcommand("rotate-key", "Have another key sign the seals to come");
  command->footer(
      "Example:\n  gyre audit rotate-key /archives/us-east-1 --key data/us-east-1/data/archive.key --next "
      "new.key\nThe old key signs the new one. Start the region with --archive-key new.key then.");
  auto rotate = std::make_shared<AuditRotateCommand>();
  add_archive_argument(command, rotate->archive);
  command->add_option("--key", rotate->key, "File of the key that signs so far")
      ->required()
      ->type_name("FILE");
  command->add_option("--next", rotate->next, "File of the next key, made if it is not there")
      ->required()
      ->type_name("FILE");
  command->callback([rotate, code] { *code = run_audit_rotate(*rotate); });
}

}  // namespace

void add_source_options(CLI::App* command, HistorySource& source) {
  command->add_option("--archive", source.archive.place, "An archive: a directory, or s3://BUCKET/PREFIX")
      ->check(not_empty())
      ->type_name("DIRECTORY");
  add_s3_endpoint(command, source.archive);
  command
      ->add_option(
          "--log", source.log,
          "A change log's directory, or a region's, which has it in `log`: what the archive does not "
          "have yet")
      ->check(not_empty())
      ->type_name("DIRECTORY");
}

void add_audit(CLI::App& app, int& exit_code) {
  CLI::App* audit = app.add_subcommand("audit", "Say what an archive proves; no region need run");
  audit->require_subcommand(1);
  audit->footer("Example:\n  gyre audit verify /archives/us-east-1");
  add_audit_verify(audit, &exit_code);
  add_audit_proof(audit, &exit_code);
  add_audit_consistency(audit, &exit_code);
  add_audit_who(audit, &exit_code);
  add_audit_rotate(audit, &exit_code);
}

}  // namespace gyre::cli
