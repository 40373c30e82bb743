#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <torch/csrc/distributed/c10d/TCPStore.hpp>

// Wheels of PyTorch hold both transports, but not the headers of Gloo and NCCL that theirs include.
#if defined(USE_C10D_GLOO) && __has_include(<gloo/algorithm.h>)
#define INTERNEG_GLOO 1
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
#define INTERNEG_NCCL 1
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "worker/engine/training/own_address.h"
#include "worker/engine/training/process_group_torch.h"

namespace interneg::training {
namespace {

[[maybe_unused]] c10::intrusive_ptr<c10d::Store> Meet(const GroupPlace& place) {
  c10d::TCPStoreOptions options;
  options.port = place.port;
  options.isServer = place.rank == 0;
  options.numWorkers = static_cast<std::size_t>(place.ranks);
  options.timeout = place.patience;
  return c10::make_intrusive<c10d::TCPStore>(place.host, options);
}

// c10d's own texts run over many lines and name its source files.
std::string FirstLine(const char* text) {
  const std::string whole(text);
  return whole.substr(0, whole.find('\n'));
}

}  // namespace

struct ProcessGroup::Transport {
#if defined(INTERNEG_GLOO)
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#endif
#if defined(INTERNEG_NCCL)
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif

  Transport([[maybe_unused]] const GroupPlace& place, const model::Device& device) {
    if (device.kind == model::DeviceKind::kCuda) {
#if defined(INTERNEG_NCCL)
      const auto store = Meet(place);
      const auto options = c10d::ProcessGroupNCCL::Options::create();
      options->timeout = place.patience;
      nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.ranks, options);
      return;
#else
      throw std::invalid_argument(
          "built against a LibTorch without NCCL or its headers: CUDA devices cannot train as a group");
#endif
    }
#if defined(INTERNEG_GLOO)
    const auto store = Meet(place);
    const auto options = c10d::ProcessGroupGloo::Options::create(place.patience);
    // c10d's own guess is what this machine's name resolves to, which need not be an address that others reach.
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(OwnAddressTowards(place)));
    gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.ranks, options);
#else
    throw std::invalid_argument(
        "built against a LibTorch without Gloo or its headers: processes cannot train as a group");
#endif
  }

  template <typename Call>
  void Wait([[maybe_unused]] const Call& call) {
#if defined(INTERNEG_NCCL)
    if (nccl) {
      call(*nccl)->wait();
      return;
    }
#endif
#if defined(INTERNEG_GLOO)
    call(*gloo)->wait();
#endif
  }
};

ProcessGroup::ProcessGroup(const GroupPlace& place, const model::Device& device) : place_(place) {
  CheckPlace(place);
  try {
    transport_ = std::make_unique<Transport>(place, device);
  } catch (const std::invalid_argument&) {
    throw;
  } catch (const ProcessLost&) {
    throw;
  } catch (const std::exception& error) {
    throw ProcessLost("the group of " + std::to_string(place.ranks) + " processes did not meet at " + place.host + ":" +
                      std::to_string(place.port) + " (" + FirstLine(error.what()) + ")");
  }
}

ProcessGroup::~ProcessGroup() = default;

void ProcessGroup::Sum(at::Tensor& values) try {
  std::vector<at::Tensor> all = {values};
  transport_->Wait([&](auto& group) { return group.allreduce(all); });
} catch (const std::exception& error) {
  throw ProcessLost("a process of the group was lost (" + FirstLine(error.what()) + ")");
}

void ProcessGroup::TakeLeaders(at::Tensor& values) try {
  std::vector<at::Tensor> all = {values};
  transport_->Wait([&](auto& group) { return group.broadcast(all); });
} catch (const std::exception& error) {
  throw ProcessLost("a process of the group was lost (" + FirstLine(error.what()) + ")");
}

}  // namespace interneg::training
