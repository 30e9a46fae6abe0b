// One export's rows on their way, inside the transaction that the run has begun. Each mode loads all rows (at first, after
// a change of the contract, where the source was widened, or made anew and counts from 0 again) and, where it can, what changed
// since the last time. Nothing new: nothing is done.
#pragma once

#include "pipeline/captured_rows.h"
#include "postgres/copy_line.h"
#include "postgres/lower.h"

namespace pipec::backend::postgres {

class Load {
 public:
  /// `member`: empty, or what tells this export apart from those that become visible with it.
  Load(StepWriter& steps, const Lowered& x, const pipeline::Target& target, std::string member);

  void version();   // asks the warehouse for the source's newest version, and from which one changes can be read
  void lock();      // one writer a target
  void contract();  // a database of another contract is not loaded
  void rows();
  void clean();  // behind the transaction

  bool is_swap() const { return x_.e.mode == pipeline::ExportMode::Swap; }
  /// Of a step: the member's name stands before it.
  std::string id(std::string_view step) const;

 private:
  void upsert();
  void swap();
  void replace();

  // ---- loops: what stands between one of the first two and `done` is done only if there is something to load
  void all_rows();
  void changes();
  void done(std::string_view load);  // moves the watermark

  // ---- staged rows
  void stage(std::string_view load, std::string_view step, std::string_view table, const StepWriter::Build& none);
  void stage_rows(std::string_view load, bool with_operation);
  std::vector<CopiedColumn> all_columns() const;
  void copy(std::string_view step, const ast::SqlBuilder::Texts& table, const std::vector<CopiedColumn>& columns,
            const StepWriter::Build& build);
  void copy_all(std::string_view load);
  pipeline::Images images(ast::SqlBuilder& sql);  // that changed since the last time
  void analyze(std::string_view step, const ast::SqlBuilder::Texts& table);

  // ---- parts of statements
  ast::SqlBuilder::Texts staged() const { return {"pg_temp", stage_}; }
  ast::SqlBuilder::Texts days() const { return {"pg_temp", days_}; }
  ast::NodeId staged_rows(ast::SqlBuilder& sql, ast::NodeId where = {});
  ast::NodeId watermark(ast::SqlBuilder& sql);
  ast::NodeId is_target(ast::SqlBuilder& sql);
  ast::NodeId is_operation(ast::SqlBuilder& sql, const char* operation);
  ast::NodeId same_key(ast::SqlBuilder& sql);
  ast::NodeId locked(ast::SqlBuilder& sql, ast::SqlBuilder::Ids items, ast::NodeId condition);
  void upsert_staged(std::string_view load, const StepWriter::Build& which);

  void execute(std::string_view step, const StepWriter::Build& build);
  void gate(std::string_view step, std::string check, const StepWriter::Build& build);
  void for_each(std::string_view step, const StepWriter::Build& build);

  StepWriter& steps_;
  const Lowered& x_;
  const ExportNames& names_;
  const ast::SqlBuilder::Texts path_;  // what is exported, all rows of it
  const ast::SqlBuilder::Texts rows_;  // the table that says what changed: of a captured table it is below the view
  const std::string member_;
  const ast::SqlBuilder::Texts ledger_;
  const std::string newest_, widened_;  // parameters
  const std::string stage_, days_;      // temporary tables
};

}  // namespace pipec::backend::postgres
