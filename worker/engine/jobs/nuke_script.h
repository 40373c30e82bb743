// The script that lets Nuke make a .cat of an exported model.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_NUKE_SCRIPT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_NUKE_SCRIPT_H_

#include <string>

namespace interneg::jobs {

struct NukeModel {
  std::string name;         // of the files, without ending; they lie beside the script
  std::string model_id;     // what the .cat says of itself
  std::string description;  // what goes in and out, shown on the node
};

// A .nk with one CatFileCreator (knobs after Foundry's Cattery guide: torchScriptFile, catFile, channelsIn,
// channelsOut, modelId); only Nuke itself can write .cat. Paths are relative to the script's folder, so that the three
// files may move together. Text is quoted for Tcl. Pure.
std::string NukeScript(const NukeModel& model);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_NUKE_SCRIPT_H_
