package io.offramp.proxy.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The program that the kernel runs in front of each system call: classic BPF over {@code struct seccomp_data}
 * (seccomp(2)). A listed call fails with EPERM, and so does any call by the numbers of another architecture: a process
 * for x86-64 can make those of i386 and x32, too. A thread or process in a new namespace is denied as well. The flags
 * of clone(2) show that; those of clone3(2) are in memory, which the program cannot read. So clone3 fails as in a
 * kernel without it, and libc makes a clone instead.
 *
 * <pre>
 *  0        load  architecture
 *  1        equal ours ? 3 : 2
 *  2        return EPERM
 *  3        load  number
 *  4        x32's bit set ? deny : 5
 *  5 …      equal to a listed one ? deny : next
 *           equal to clone3's ? missing : next
 *           equal to clone's ? next : allow
 *           load  flags
 *           any bit of a namespace set ? deny : allow
 *  allow    return ALLOW
 *  deny     return EPERM
 *  missing  return ENOSYS
 *
 *  one instruction (struct sock_filter): code 2 | if true, skip 1 | else, skip 1 | operand 4; in native order
 * </pre>
 */
final class FilterProgram {
    static final int INSTRUCTION_BYTES = 8;

    /** Offsets in struct seccomp_data. */
    static final int NUMBER_AT = 0;

    static final int ARCHITECTURE_AT = 4;
    /** The low half of the first argument, as both architectures are little-endian. */
    static final int FLAGS_AT = 16;

    /** BPF_LD | BPF_W | BPF_ABS. */
    static final short LOAD = 0x20;
    /** BPF_JMP | BPF_JEQ | BPF_K. */
    static final short IF_EQUAL = 0x15;
    /** BPF_JMP | BPF_JGE | BPF_K. */
    static final short IF_AT_LEAST = 0x35;
    /** BPF_JMP | BPF_JSET | BPF_K. */
    static final short IF_ANY_BIT = 0x45;
    /** BPF_RET | BPF_K. */
    static final short RETURN = 0x06;

    static final int ALLOW = 0x7FFF0000;
    /** SECCOMP_RET_ERRNO with EPERM. */
    static final int DENY = 0x00050001;
    /** SECCOMP_RET_ERRNO with ENOSYS. */
    static final int MISSING = 0x00050026;

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (include/uapi/linux/sched.h). */
    static final int NAMESPACES = 0x7E020000;

    private static final int X32_BIT = 0x40000000;

    private FilterProgram() {}

    /** For these calls, at most 240. */
    static byte[] deny(DeniedCall[] calls, Architecture architecture) {
        int[] numbers =
                Arrays.stream(calls).mapToInt(call -> call.number(architecture)).toArray();
        int allow = numbers.length + 9;
        int deny = allow + 1;
        int missing = allow + 2;
        ByteBuffer program =
                ByteBuffer.allocate((missing + 1) * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        put(program, LOAD, 0, 0, ARCHITECTURE_AT);
        put(program, IF_EQUAL, 1, 0, architecture.audit);
        put(program, RETURN, 0, 0, DENY);
        put(program, LOAD, 0, 0, NUMBER_AT);
        put(program, IF_AT_LEAST, to(deny, program), 0, X32_BIT);
        for (int number : numbers) {
            put(program, IF_EQUAL, to(deny, program), 0, number);
        }
        put(program, IF_EQUAL, to(missing, program), 0, Architecture.CLONE3);
        put(program, IF_EQUAL, 0, to(allow, program), architecture.clone);
        put(program, LOAD, 0, 0, FLAGS_AT);
        put(program, IF_ANY_BIT, to(deny, program), to(allow, program), NAMESPACES);
        put(program, RETURN, 0, 0, ALLOW);
        put(program, RETURN, 0, 0, DENY);
        put(program, RETURN, 0, 0, MISSING);
        return program.array();
    }

    /** Instructions to skip from the next one that is put. */
    private static int to(int target, ByteBuffer program) {
        return target - program.position() / INSTRUCTION_BYTES - 1;
    }

    private static void put(ByteBuffer program, short code, int ifTrue, int otherwise, int operand) {
        program.putShort(code).put((byte) ifTrue).put((byte) otherwise).putInt(operand);
    }
}
