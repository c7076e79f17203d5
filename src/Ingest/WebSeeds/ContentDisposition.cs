using System.Text;

namespace Distribution.Ingest.WebSeeds;

/// <summary>Writes <c>Content-Disposition</c> (RFC 6266) with the name twice: plain for old clients, as <c>filename*</c> (RFC 8187) for all.</summary>
internal static class ContentDisposition
{
    public static string Attachment(string name) => Write("attachment", name);

    public static string Inline(string name) => Write("inline", name);

    private static string Write(string type, string name)
    {
        var text = new StringBuilder(type).Append("; filename=\"");
        foreach (char c in name)
            text.Append(c is >= ' ' and < '\x7f' and not ('"' or '\\' or '%') ? c : '_');
        text.Append("\"; filename*=UTF-8''");
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            // attr-char of RFC 8187
            if (char.IsAsciiLetterOrDigit((char)b) || "!#$&+-.^_`|~".Contains((char)b))
                text.Append((char)b);
            else
                text.Append('%').Append(b.ToString("X2", null));
        }
        return text.ToString();
    }
}
