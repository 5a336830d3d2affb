.PHONY: up test check doctor

up test check doctor:
	./dev $@
