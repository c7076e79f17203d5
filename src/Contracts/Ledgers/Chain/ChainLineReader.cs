using System.Diagnostics.CodeAnalysis;

namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>
/// Reads lines of an export, whoever wrote them. Only the form that <see cref="ChainLineWriter"/> writes is taken: a member twice, missing,
/// unknown or elsewhere, a space or a number written otherwise is refused. Hashes and signatures are read, not checked.
/// </summary>
public static class ChainLineReader
{
    /// <summary>Of one line without its newline; more than any line that is written.</summary>
    public const int MaxLineBytes = 512 * 1024;

    private const int MaxTextLength = 1024;

    /// <summary>Characters of the prices of an export's end.</summary>
    public const int MaxPricesLength = 256 * 1024;

    /// <param name="problem">What is wrong, for people.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> line,
        [NotNullWhen(true)] out ChainLine? read,
        [NotNullWhen(false)] out string? problem
    )
    {
        read = null;
        problem = null;
        if (line.Length > MaxLineBytes)
        {
            problem = $"it is longer than {MaxLineBytes} bytes";
            return false;
        }
        var cursor = new ChainCursor(line);
        read = cursor.IsNext("{\"kind\":"u8) ? End(ref cursor) : Entry(ref cursor);
        if (read is not null && !cursor.IsAtEnd)
        {
            cursor.Fail("the end of the line");
            read = null;
        }
        if (read is null)
            problem = cursor.Problem ?? "it cannot be read";
        return read is not null;
    }

    /// <summary>The part of a line that its hash is of; of an end, nothing.</summary>
    public static ReadOnlySpan<byte> Hashed(ReadOnlySpan<byte> line) => UpTo(line, ",\"hash\":\""u8);

    /// <summary>The part of a checkpoint or an end that its signature is of.</summary>
    public static ReadOnlySpan<byte> Signed(ReadOnlySpan<byte> line) => UpTo(line, ",\"signature\":\""u8);

    // Quotes of texts are written with a backslash, so that the words stand nowhere else.
    private static ReadOnlySpan<byte> UpTo(ReadOnlySpan<byte> line, ReadOnlySpan<byte> words) =>
        line[..Math.Max(0, line.LastIndexOf(words))];

    private static ChainEntry? Entry(ref ChainCursor cursor)
    {
        if (!cursor.Literal("{\"seq\":"u8) || !cursor.Number(out long sequence) || !cursor.Literal(",\"kind\":\""u8))
            return null;
        if (cursor.IsNext("hour\""u8))
            return Hour(ref cursor, sequence);
        if (cursor.IsNext("checkpoint\""u8))
            return Checkpoint(ref cursor, sequence);
        if (cursor.IsNext("start\""u8))
            return Start(ref cursor, sequence);
        cursor.Fail("hour, checkpoint or start");
        return null;
    }

    private static ChainStart? Start(ref ChainCursor cursor, long sequence)
    {
        if (sequence != 0)
        {
            cursor.Fail("another kind, because only entry 0 is a start,");
            return null;
        }
        return
            cursor.Literal("start\",\"at\":\""u8)
            && cursor.Time(out long at)
            && cursor.Literal("\",\"format\":"u8)
            && Format(ref cursor, out int format)
            && cursor.Literal(",\"key\":\""u8)
            && cursor.Hex(ChainPublicKey.HexLength, out string key)
            && cursor.Literal("\""u8)
            && Links(ref cursor, out ChainHash previous, out ChainHash hash)
            && cursor.Literal("}"u8)
            ? new ChainStart(at, key, previous, hash, format)
            : null;
    }

    private static bool Format(ref ChainCursor cursor, out int format)
    {
        format = cursor.IsNext("1"u8) ? 1 : ChainStart.LatestFormat;
        return cursor.IsNext("1"u8) ? cursor.Literal("1"u8)
            : cursor.IsNext("2"u8) ? cursor.Literal("2"u8)
            : cursor.Fail("format 1 or 2");
    }

    private static ChainHour? Hour(ref ChainCursor cursor, long sequence) =>
        cursor.Literal("hour\",\"at\":\""u8)
        && cursor.Time(out long at)
        && cursor.Literal("\",\"hour\":\""u8)
        && cursor.Hour(out long hourStart)
        && cursor.Literal("\",\"late\":"u8)
        && cursor.Truth(out bool isLate)
        && cursor.Literal(",\"publisher\":"u8)
        && cursor.Text(MaxTextLength, out string publisher)
        && cursor.Literal(",\"file\":"u8)
        && cursor.Text(MaxTextLength, out string file)
        && cursor.Literal(",\"infoHash\":\""u8)
        && cursor.Hex(40, out string infoHash)
        && cursor.Literal("\""u8)
        && Figures(ref cursor, out ChainFigures figures)
        && Viewers(ref cursor, out List<ChainViewer> viewers)
        && Links(ref cursor, out ChainHash previous, out ChainHash hash)
        && cursor.Literal("}"u8)
            ? new ChainHour(
                sequence,
                at,
                hourStart,
                isLate,
                publisher,
                file,
                infoHash,
                figures,
                viewers,
                previous,
                hash
            )
            : null;

    private static ChainCheckpoint? Checkpoint(ref ChainCursor cursor, long sequence) =>
        cursor.Literal("checkpoint\",\"at\":\""u8)
        && cursor.Time(out long at)
        && cursor.Literal("\",\"through\":\""u8)
        && cursor.Hour(out long through)
        && cursor.Literal("\""u8)
        && Links(ref cursor, out ChainHash previous, out ChainHash hash)
        && Signature(ref cursor, out string signature)
            ? new ChainCheckpoint(sequence, at, through, previous, hash, signature)
            : null;

    private static ChainEnd? End(ref ChainCursor cursor) =>
        cursor.Literal("{\"kind\":\"end\",\"at\":\""u8)
        && cursor.Time(out long at)
        && cursor.Literal("\",\"after\":"u8)
        && cursor.Number(out long after)
        && cursor.Literal(",\"last\":"u8)
        && cursor.Number(out long last)
        && cursor.Literal(",\"head\":\""u8)
        && cursor.Hash(out ChainHash head)
        && cursor.Literal("\",\"prices\":"u8)
        && cursor.Text(MaxPricesLength, out string prices)
        && Signature(ref cursor, out string signature)
            ? new ChainEnd(at, after, last, head, prices, signature)
            : null;

    private static bool Figures(ref ChainCursor cursor, out ChainFigures figures)
    {
        figures = default;
        if (
            !(
                cursor.Literal(",\"low\":"u8)
                && cursor.Number(out long low)
                && cursor.Literal(",\"high\":"u8)
                && cursor.Number(out long high)
                && cursor.Literal(",\"webSeed\":"u8)
                && cursor.Number(out long webSeed)
                && cursor.Literal(",\"direct\":"u8)
                && cursor.Number(out long direct)
                && cursor.Literal(",\"edge\":"u8)
                && cursor.Number(out long edge)
                && cursor.Literal(",\"edgeFill\":"u8)
                && cursor.Number(out long edgeFill)
                && cursor.Literal(",\"viewerUpload\":"u8)
                && cursor.Number(out long viewerUpload)
            )
        )
            return false;
        figures = new ChainFigures(low, high, webSeed, direct, edge, edgeFill, viewerUpload);
        return !cursor.IsNext(",\"cdn\":"u8) || OtherSources(ref cursor, ref figures);
    }

    private static bool OtherSources(ref ChainCursor cursor, ref ChainFigures figures)
    {
        if (
            !(
                cursor.Literal(",\"cdn\":"u8)
                && cursor.Number(out long cdn)
                && cursor.Literal(",\"edgeMetadata\":"u8)
                && cursor.Number(out long edgeMetadata)
                && cursor.Literal(",\"edgeOverhead\":"u8)
                && cursor.Number(out long edgeOverhead)
                && cursor.Literal(",\"waste\":"u8)
                && cursor.Number(out long waste)
            )
        )
            return false;
        figures = figures with { Cdn = cdn, EdgeMetadata = edgeMetadata, EdgeOverhead = edgeOverhead, Waste = waste };
        // One text for one meaning.
        return figures.HasOtherSources
            || cursor.Fail("a figure above 0 among cdn, edgeMetadata, edgeOverhead and waste");
    }

    private static bool Viewers(ref ChainCursor cursor, out List<ChainViewer> viewers)
    {
        viewers = [];
        if (!cursor.Literal(",\"viewers\":["u8))
            return false;
        while (!cursor.IsNext("]"u8))
        {
            if (viewers.Count > 0 && !cursor.Literal(","u8) || !cursor.Viewer(out ChainViewer viewer))
                return false;
            if (viewers.Count == ChainHour.MaxViewers)
                return cursor.Fail($"at most {ChainHour.MaxViewers} viewers");
            if (viewers.Count > 0 && viewers[^1].Name >= viewer.Name)
                return cursor.Fail("an ascending order of viewers");
            viewers.Add(viewer);
        }
        return cursor.Literal("]"u8);
    }

    private static bool Links(ref ChainCursor cursor, out ChainHash previous, out ChainHash hash)
    {
        hash = default;
        previous = default;
        return cursor.Literal(",\"prev\":\""u8)
            && cursor.Hash(out previous)
            && cursor.Literal("\",\"hash\":\""u8)
            && cursor.Hash(out hash)
            && cursor.Literal("\""u8);
    }

    private static bool Signature(ref ChainCursor cursor, out string signature)
    {
        signature = "";
        return cursor.Literal(",\"signature\":\""u8)
            && cursor.Hex(ChainPublicKey.SignatureHexLength, out signature)
            && cursor.Literal("\"}"u8);
    }
}
