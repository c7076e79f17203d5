using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>Writes the lines of the chain, each in its one accepted form: ASCII, members in a fixed order, no spaces.</summary>
public static class ChainLineWriter
{
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal const string BeforeHash = ",\"hash\":\"";
    internal const string BeforeSignature = ",\"signature\":\"";

    public static string Write(ChainStart start)
    {
        StringBuilder line = Begin(start, "start");
        line.Append(CultureInfo.InvariantCulture, $",\"format\":{start.Format},\"key\":\"{start.PublicKey}\"");
        return Close(line, start).Append('}').ToString();
    }

    public static string Write(ChainHour hour)
    {
        StringBuilder line = Begin(hour, "hour");
        line.Append(",\"hour\":\"").Append(Time(hour.HourStart));
        line.Append("\",\"late\":").Append(hour.IsLate ? "true" : "false");
        line.Append(",\"publisher\":");
        AppendText(line, hour.PublisherId);
        line.Append(",\"file\":");
        AppendText(line, hour.FileId);
        line.Append(",\"infoHash\":\"").Append(hour.InfoHash).Append('"');
        ChainFigures figures = hour.Figures;
        line.Append(
            CultureInfo.InvariantCulture,
            $",\"low\":{figures.Low},\"high\":{figures.High},\"webSeed\":{figures.WebSeed},\"direct\":{figures.Direct}"
        );
        line.Append(
            CultureInfo.InvariantCulture,
            $",\"edge\":{figures.Edge},\"edgeFill\":{figures.EdgeFill},\"viewerUpload\":{figures.ViewerUpload}"
        );
        if (figures.HasOtherSources)
            line.Append(
                CultureInfo.InvariantCulture,
                $",\"cdn\":{figures.Cdn},\"edgeMetadata\":{figures.EdgeMetadata},\"edgeOverhead\":{figures.EdgeOverhead},\"waste\":{figures.Waste}"
            );
        line.Append(",\"viewers\":[");
        for (int i = 0; i < hour.Viewers.Count; i++)
        {
            ChainViewer viewer = hour.Viewers[i];
            line.Append(i > 0 ? ",\"" : "\"").Append(NameText(viewer.Name));
            line.Append((char)('0' + (int)viewer.Before)).Append((char)('0' + (int)viewer.After)).Append('"');
        }
        line.Append(']');
        return Close(line, hour).Append('}').ToString();
    }

    /// <param name="sign">Answers the hexadecimal signature of the bytes.</param>
    public static string Write(ChainCheckpoint checkpoint, Func<byte[], string> sign)
    {
        StringBuilder line = Begin(checkpoint, "checkpoint");
        line.Append(",\"through\":\"").Append(Time(checkpoint.Through)).Append('"');
        return Sign(Close(line, checkpoint), sign);
    }

    /// <inheritdoc cref="Write(ChainCheckpoint, Func{byte[], string})"/>
    public static string Write(ChainEnd end, Func<byte[], string> sign)
    {
        var line = new StringBuilder("{\"kind\":\"end\",\"at\":\"");
        line.Append(Time(end.At));
        line.Append(
            CultureInfo.InvariantCulture,
            $"\",\"after\":{end.After},\"last\":{end.Last},\"head\":\"{end.Head}\""
        );
        line.Append(",\"prices\":");
        AppendText(line, end.Prices);
        return Sign(line, sign);
    }

    internal static string NameText(UInt128 name)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, name);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>True: written as it is; others as \u and four lowercase hexadecimal digits, but for \" and \\.</summary>
    internal static bool IsPlain(char letter) => letter is >= ' ' and <= '~' and not ('"' or '\\');

    private static StringBuilder Begin(ChainEntry entry, string kind) =>
        new StringBuilder(512)
            .Append("{\"seq\":")
            .Append(entry.Sequence)
            .Append(",\"kind\":\"")
            .Append(kind)
            .Append("\",\"at\":\"")
            .Append(Time(entry.At))
            .Append('"');

    private static StringBuilder Close(StringBuilder line, ChainEntry entry)
    {
        line.Append(",\"prev\":\"").Append(entry.Previous.ToString()).Append('"');
        var hash = ChainHash.Of(Encoding.ASCII.GetBytes(line.ToString()));
        return line.Append(BeforeHash).Append(hash.ToString()).Append('"');
    }

    private static string Sign(StringBuilder line, Func<byte[], string> sign)
    {
        string signature = sign(Encoding.ASCII.GetBytes(line.ToString()));
        return line.Append(BeforeSignature).Append(signature).Append("\"}").ToString();
    }

    private static string Time(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static void AppendText(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (char letter in text)
        {
            if (IsPlain(letter))
                line.Append(letter);
            else if (letter is '"' or '\\')
                line.Append('\\').Append(letter);
            else
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }
        line.Append('"');
    }
}
