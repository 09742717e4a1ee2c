# inquest: the commands of its developers.
#
#   make demo    examine the bundled case, write Reports/skype-2010/
#   make test    all tests
#   make lint    formatting, strict
#   make bench   speed and memory against gzip -dc
#   make score   verdicts on simulated cases with known truth
#   make fuzz    fuzzers of the readers, SECONDS each

SWIFT ?= swift
INQUEST = .build/release/inquest
SEEDS ?= 1 2 3 4 5
SCENARIOS = skype-2010 skype-2007 crash-packet supernode-flood sybil-wave skype-2010-blind quiet-day \
  web-slow-database web-bad-version web-sick-host web-crowd web-flood web-guessing web-stuck-queue web-changing-clock web-quiet

SECONDS ?= 600

.PHONY: demo test lint format bench score fuzz packages build clean

packages:
	@Scripts/packages.sh

build: packages
	$(SWIFT) build -c release --product inquest

demo: build
	$(INQUEST) analyze Fixtures/skype-2010/logs --case Fixtures/skype-2010/logs/inquest.yml -o Reports/skype-2010

test:
	@Scripts/packages.sh tests
	$(SWIFT) test --disable-xctest

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Fuzzing

format:
	$(SWIFT) format format --in-place --recursive --parallel Package.swift Sources Tests Fuzzing

bench: build
	Benchmarks/run.sh

score: build
	@for scenario in $(SCENARIOS); do for seed in $(SEEDS); do \
	  test -d .build/score/$$scenario-$$seed || \
	  $(INQUEST) simulate $$scenario --seed $$seed -q -o .build/score/$$scenario-$$seed; \
	done; done
	$(INQUEST) score .build/score

fuzz: packages
	Fuzzing/run.sh $(SECONDS)

clean:
	rm -rf .build
