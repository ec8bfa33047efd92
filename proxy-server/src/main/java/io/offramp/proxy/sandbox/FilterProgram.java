package io.offramp.proxy.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The program that the kernel runs in front of each system call: classic BPF over {@code struct seccomp_data}
 * (seccomp(2)). A listed call fails with EPERM, and so does any call by the numbers of another architecture: a process
 * for x86-64 can make those of i386 and x32, too.
 *
 * <pre>
 *  0        load  architecture
 *  1        equal ours ? 3 : 2
 *  2        return EPERM
 *  3        load  number
 *  4        x32's bit set ? last : 5
 *  5 …      equal to a listed one ? last : next
 *  last - 1 return ALLOW
 *  last     return EPERM
 *
 *  one instruction (struct sock_filter): code 2 | if true, skip 1 | else, skip 1 | operand 4; in native order
 * </pre>
 */
final class FilterProgram {
    static final int INSTRUCTION_BYTES = 8;

    /** Offsets in struct seccomp_data. */
    static final int NUMBER_AT = 0;

    static final int ARCHITECTURE_AT = 4;

    /** BPF_LD | BPF_W | BPF_ABS. */
    static final short LOAD = 0x20;
    /** BPF_JMP | BPF_JEQ | BPF_K. */
    static final short IF_EQUAL = 0x15;
    /** BPF_JMP | BPF_JGE | BPF_K. */
    static final short IF_AT_LEAST = 0x35;
    /** BPF_RET | BPF_K. */
    static final short RETURN = 0x06;

    static final int ALLOW = 0x7FFF0000;
    /** SECCOMP_RET_ERRNO with EPERM. */
    static final int DENY = 0x00050001;

    private static final int X32_BIT = 0x40000000;

    private FilterProgram() {}

    /** For these calls, at most 250. */
    static byte[] deny(DeniedCall[] calls, Architecture architecture) {
        int[] numbers =
                Arrays.stream(calls).mapToInt(call -> call.number(architecture)).toArray();
        int last = numbers.length + 6;
        ByteBuffer program = ByteBuffer.allocate((last + 1) * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        put(program, LOAD, 0, 0, ARCHITECTURE_AT);
        put(program, IF_EQUAL, 1, 0, architecture.audit);
        put(program, RETURN, 0, 0, DENY);
        put(program, LOAD, 0, 0, NUMBER_AT);
        put(program, IF_AT_LEAST, last - 5, 0, X32_BIT);
        for (int i = 0; i < numbers.length; i++) {
            put(program, IF_EQUAL, last - (i + 6), 0, numbers[i]);
        }
        put(program, RETURN, 0, 0, ALLOW);
        put(program, RETURN, 0, 0, DENY);
        return program.array();
    }

    private static void put(ByteBuffer program, short code, int ifTrue, int otherwise, int operand) {
        program.putShort(code).put((byte) ifTrue).put((byte) otherwise).putInt(operand);
    }
}
