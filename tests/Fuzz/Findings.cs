namespace Distribution.Fuzz;

/// <summary>What went wrong, with the input that did it.</summary>
internal sealed class Findings(TextWriter output)
{
    private const int MostShown = 20;

    public int Count { get; private set; }

    /// <param name="what">What is not as it should be.</param>
    public void Add(string frontEnd, string what, ReadOnlySpan<byte> input)
    {
        if (++Count > MostShown)
            return;
        output.WriteLine($"FOUND {frontEnd}: {what}");
        output.WriteLine($"  input {Convert.ToHexString(input)}");
    }

    /// <summary>Notes a reply, or the lack of one, that is not as it should be.</summary>
    public void Expect(bool holds, string frontEnd, string what, ReadOnlySpan<byte> input)
    {
        if (!holds)
            Add(frontEnd, what, input);
    }
}
