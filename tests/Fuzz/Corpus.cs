namespace Distribution.Fuzz;

/// <summary>
/// The inputs that mutations start from, of one front end: announces of real clients and edge cases made by hand, a file each. In text
/// <c>{HASH}</c> stands for the info-hash of a swarm that is open; in packets it is written over bytes 16 to 36, and the connection id
/// over the first eight, as a client would.
/// </summary>
internal sealed class Corpus
{
    private readonly byte[][] _inputs;

    private Corpus(byte[][] inputs) => _inputs = inputs;

    public int Count => _inputs.Length;

    /// <summary>Reads the folder beside the program, in the order of names.</summary>
    /// <exception cref="InvalidOperationException">There is none: nothing would be tested.</exception>
    public static Corpus Read(string frontEnd)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Corpus", frontEnd);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        if (files.Length == 0)
            throw new InvalidOperationException($"There is no corpus for {frontEnd}.");
        return new Corpus([.. files.Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]);
    }

    public ReadOnlySpan<byte> Pick(Random random) => _inputs[random.Next(_inputs.Length)];
}
