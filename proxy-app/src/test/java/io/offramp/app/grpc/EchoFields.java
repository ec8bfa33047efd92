package io.offramp.app.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Reads the fields that say how a call is to go. */
final class EchoFields implements ServerInterceptor {
    /** Of the call that runs; 1 without the field. */
    static final Context.Key<Integer> TIMES = Context.keyWithDefault("times", 1);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata fields, ServerCallHandler<Q, A> next) {
        String failure = fields.get(EchoMethods.FAIL);
        if (failure != null) {
            call.close(Status.Code.valueOf(failure).toStatus().withDescription("as asked"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        String times = fields.get(EchoMethods.TIMES);
        Context context = Context.current().withValue(TIMES, times == null ? 1 : Integer.parseInt(times));
        return Contexts.interceptCall(context, new Marking<>(call, fields.get(EchoMethods.MARK)), fields, next);
    }

    /** Gives the client's mark back in the trailers. */
    private static final class Marking<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final byte @Nullable [] mark;

        Marking(ServerCall<Q, A> call, byte @Nullable [] mark) {
            super(call);
            this.mark = mark;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (mark != null) {
                trailers.put(EchoMethods.MARK, mark);
            }
            super.close(status, trailers);
        }
    }
}
