package io.offramp.offload.device.driver.pool;

/**
 * Which objects a driver keeps for reuse. Without a pool, each install makes its object and each close destroys it, as
 * mlx5 did before it had pools.
 *
 * @param tis whether TIS are kept
 * @param dek whether DEK are made in bulk and kept
 */
public record Pools(boolean tis, boolean dek) {
    /** Both: mlx5 since Linux 6.3. */
    public static final Pools BOTH = new Pools(true, true);

    private static final String NONE = "none";

    /** @throws IllegalArgumentException if it is anything but {@code tis}, {@code dek}, both words, or {@code none} */
    public static Pools parse(String text) {
        if (text.strip().equals(NONE)) {
            return new Pools(false, false);
        }
        boolean tis = false;
        boolean dek = false;
        for (String word : text.strip().split("[ ,]+")) {
            switch (word) {
                case "tis" -> tis = true;
                case "dek" -> dek = true;
                default -> throw new IllegalArgumentException("must be tis, dek, tis dek or none, is " + text);
            }
        }
        return new Pools(tis, dek);
    }
}
