package io.offramp.proxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program, run by a small interpreter in the place of the kernel. */
class FilterProgramTest {
    private static final int MOST_NUMBERS = 1000;

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void shouldDenyWhatIsListedAndNothingElse(Architecture machine) {
        byte[] program = FilterProgram.deny(DeniedCall.values(), machine);
        Set<Integer> listed = Arrays.stream(DeniedCall.values())
                .map(call -> call.number(machine))
                .collect(Collectors.toSet());

        assertThat(listed).hasSameSizeAs(DeniedCall.values());
        for (int number = 0; number < MOST_NUMBERS; number++) {
            assertThat(run(program, number, machine.audit))
                    .as("call %d", number)
                    .isEqualTo(expected(number, listed));
        }
    }

    private static int expected(int number, Set<Integer> listed) {
        if (number == Architecture.CLONE3) {
            return FilterProgram.MISSING;
        }
        return listed.contains(number) ? FilterProgram.DENY : FilterProgram.ALLOW;
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void shouldDenyThreadsAndProcessesInNewNamespaces(Architecture machine) {
        byte[] program = FilterProgram.deny(DeniedCall.values(), machine);

        int threadOfLibc = 0x3D0F00;
        int fork = 0x01200011;
        assertThat(run(program, machine.clone, machine.audit, threadOfLibc)).isEqualTo(FilterProgram.ALLOW);
        assertThat(run(program, machine.clone, machine.audit, fork)).isEqualTo(FilterProgram.ALLOW);
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            int flag = 1 << bit;
            assertThat(run(program, machine.clone, machine.audit, fork | flag))
                    .as("flag %x", flag)
                    .isEqualTo((FilterProgram.NAMESPACES & flag) == 0 ? FilterProgram.ALLOW : FilterProgram.DENY);
            assertThat(run(program, machine.prctl, machine.audit, flag)).isEqualTo(FilterProgram.ALLOW);
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void shouldDenyTheNumbersOfOtherArchitectures(Architecture machine) {
        byte[] program = FilterProgram.deny(DeniedCall.values(), machine);

        int i386 = 0x40000003;
        assertThat(run(program, 0, i386)).isEqualTo(FilterProgram.DENY);
        assertThat(run(program, 0x40000000, machine.audit)).as("x32").isEqualTo(FilterProgram.DENY);
        assertThat(run(program, -1, machine.audit)).as("unsigned").isEqualTo(FilterProgram.DENY);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void shouldLetThroughWhatItNeedsItself(Architecture machine) {
        byte[] program = FilterProgram.deny(DeniedCall.values(), machine);

        assertThat(run(program, machine.prctl, machine.audit)).isEqualTo(FilterProgram.ALLOW);
        assertThat(run(program, machine.seccomp, machine.audit)).isEqualTo(FilterProgram.ALLOW);
    }

    /** What the program returns for this call. */
    private static int run(byte[] program, int number, int architecture) {
        return run(program, number, architecture, 0);
    }

    private static int run(byte[] program, int number, int architecture, int flags) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
        int loaded = 0;
        int at = 0;
        while (true) {
            int offset = at * FilterProgram.INSTRUCTION_BYTES;
            int ifTrue = code.get(offset + 2) & 0xff;
            int otherwise = code.get(offset + 3) & 0xff;
            int operand = code.getInt(offset + 4);
            at++;
            switch (code.getShort(offset)) {
                case FilterProgram.LOAD ->
                    loaded = switch (operand) {
                        case FilterProgram.NUMBER_AT -> number;
                        case FilterProgram.ARCHITECTURE_AT -> architecture;
                        case FilterProgram.FLAGS_AT -> flags;
                        default -> throw new AssertionError("no such field at " + operand);
                    };
                case FilterProgram.IF_EQUAL -> at += loaded == operand ? ifTrue : otherwise;
                case FilterProgram.IF_AT_LEAST ->
                    at += Integer.compareUnsigned(loaded, operand) >= 0 ? ifTrue : otherwise;
                case FilterProgram.IF_ANY_BIT -> at += (loaded & operand) != 0 ? ifTrue : otherwise;
                case FilterProgram.RETURN -> {
                    return operand;
                }
                default -> throw new AssertionError("no such instruction at " + (at - 1));
            }
        }
    }
}
