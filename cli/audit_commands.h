// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/admin.h"
#include "cli/archive_place.h"
#include "cli/history_source.h"

namespace gyre::cli {

struct AuditVerifyCommand {
  ArchivePlace archive;
  std::string key;   ///< a public key that is known from elsewhere, in hexadecimal digits
  std::string seal;  ///< the hash of a seal that is known from elsewhere, likewise
  bool json = false;
};

struct AuditProofCommand {
  ArchivePlace archive;
  std::string table;
  std::string key;
  std::string sequence;  ///< as it is shown
};

struct AuditConsistencyCommand {
  ArchivePlace archive;
  std::string old_seal;  ///< a number, or a file that has the seal
  std::string new_seal;  ///< likewise; empty: the newest
};

struct AuditWhoCommand {
  HistorySource source;
  std::string table;
  std::string key;
  bool json = false;
};

struct AuditRotateCommand {
  ArchivePlace archive;
  std::string key;   ///< the file of the key that signs so far
  std::string next;  ///< the file of the one that signs from now on; made if it is not there
};

// `gyre audit`: what an archive proves. None but rotate-key changes anything. Exit codes: 0, 1 for a finding
// (damage, a proof that does not hold, nothing found), 2 for an error.
int run_audit_verify(const AuditVerifyCommand& command);
int run_audit_proof(const AuditProofCommand& command);
int run_audit_consistency(const AuditConsistencyCommand& command);
int run_audit_who(const AuditWhoCommand& command);
int run_audit_rotate(const AuditRotateCommand& command);

}  // namespace gyre::cli
