namespace Distribution.Fuzz.Mutations;

/// <summary>Changes that know nothing of a format, and those of a text made of tokens.</summary>
internal abstract class Mutator(Corpus corpus)
{
    private const int MostChanges = 6;

    /// <summary>Makes the next input out of one or two of the corpus.</summary>
    public void Make(Draft draft, Random random)
    {
        draft.Set(corpus.Pick(random));
        Prepare(draft, random);
        // One in twenty goes as it is: what follows must still understand it.
        for (int changes = random.Next(20) == 0 ? 0 : 1 + random.Next(MostChanges); changes > 0; changes--)
        {
            if (random.Next(3) == 0)
                ChangeBytes(draft, random);
            else
                ChangeStructure(draft, random);
        }
        Finish(draft, random);
    }

    /// <summary>Puts in what only a running tracker knows, before it may be broken.</summary>
    protected virtual void Prepare(Draft draft, Random random) { }

    /// <summary>Repairs what would end every path at its first check, mostly.</summary>
    protected virtual void Finish(Draft draft, Random random) { }

    protected abstract void ChangeStructure(Draft draft, Random random);

    private void ChangeBytes(Draft draft, Random random)
    {
        int at = random.Next(draft.Length + 1);
        int count = random.Next(Math.Min(16, draft.Length - at) + 1);
        Span<byte> noise = stackalloc byte[1 + random.Next(24)];
        switch (random.Next(7))
        {
            case 0 when at < draft.Length:
                draft.Bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < draft.Length:
                draft.Bytes[at] = (byte)(random.Next(2) * byte.MaxValue);
                break;
            case 2:
                random.NextBytes(noise);
                draft.Replace(at, count, noise);
                break;
            case 3:
                draft.Replace(at, count, []);
                break;
            case 4:
                draft.Replace(at, 0, draft.Bytes.Slice(at, count).ToArray());
                break;
            case 5:
                draft.Cut(at);
                break;
            default:
                ReadOnlySpan<byte> other = corpus.Pick(random);
                int from = random.Next(other.Length + 1);
                draft.Replace(at, draft.Length - at, other[from..]);
                break;
        }
    }
}
