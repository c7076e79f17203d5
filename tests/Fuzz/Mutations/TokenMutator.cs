using System.Buffers;
using Distribution.BitTorrent;

namespace Distribution.Fuzz.Mutations;

/// <summary>Changes a text at its tokens: leaves one out, says it twice or a thousand times, changes places, puts in a word of a dictionary.</summary>
/// <param name="separators">Between tokens.</param>
internal sealed class TokenMutator(Corpus corpus, string separators, byte[][] words, Func<InfoHash, byte[]> writeHash)
    : Mutator(corpus)
{
    private const int MostRepetitions = 2_000;

    private readonly SearchValues<byte> _separators = SearchValues.Create(
        System.Text.Encoding.ASCII.GetBytes(separators)
    );

    /// <summary>The swarm that texts are about.</summary>
    public required InfoHash Swarm { get; init; }

    protected override void Prepare(Draft draft, Random random)
    {
        ReadOnlySpan<byte> mark = "{HASH}"u8;
        byte[] hash = writeHash(Swarm);
        for (int at; (at = draft.Bytes.IndexOf(mark)) >= 0; )
            draft.Replace(at, mark.Length, hash);
    }

    protected override void ChangeStructure(Draft draft, Random random)
    {
        (int start, int length) = Token(draft, random);
        byte[] token = draft.Bytes.Slice(start, length).ToArray();
        switch (random.Next(8))
        {
            case 0:
                draft.Replace(start, length, []);
                break;
            case 1:
                draft.Replace(start, 0, token);
                break;
            case 2:
                (int otherStart, int otherLength) = Token(draft, random);
                draft.Replace(start, length, draft.Bytes.Slice(otherStart, otherLength).ToArray());
                break;
            case 3 when random.Next(20) == 0:
                Repeat(draft, start, Math.Min(draft.Length, start + length + 1) - start, random);
                break;
            case 4 when start + length < draft.Length:
                draft.Bytes[start + length] = draft.Bytes[random.Next(draft.Length)];
                break;
            default:
                draft.Replace(start, length, words[random.Next(words.Length)]);
                break;
        }
    }

    private static void Repeat(Draft draft, int start, int length, Random random)
    {
        if (length == 0)
            return;
        byte[] part = draft.Bytes.Slice(start, length).ToArray();
        byte[] many = new byte[part.Length * (1 + random.Next(MostRepetitions))];
        for (int at = 0; at < many.Length; at += part.Length)
            part.CopyTo(many, at);
        draft.Replace(start, 0, many);
    }

    private (int Start, int Length) Token(Draft draft, Random random)
    {
        int start = random.Next(draft.Length + 1);
        int next = draft.Bytes[start..].IndexOfAny(_separators);
        start = next < 0 ? start : start + next + 1;
        int length = draft.Bytes[start..].IndexOfAny(_separators);
        return (start, length < 0 ? draft.Length - start : length);
    }
}
