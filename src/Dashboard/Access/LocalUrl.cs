namespace Distribution.Dashboard.Access;

/// <summary>Where a sign-in may send the browser on to: paths of this portal, nothing else.</summary>
internal static class LocalUrl
{
    private const int MaxLength = 2000;

    /// <summary><paramref name="url"/> where it is a path of ours; "/" otherwise.</summary>
    public static string OrHome(string? url) =>
        url is { Length: > 0 and <= MaxLength }
        && url[0] == '/'
        // Browsers read "//host" and "/\host" as another host, and drop control characters before they look.
        && (url.Length == 1 || url[1] is not ('/' or '\\'))
        && !url.Any(char.IsControl)
            ? url
            : "/";
}
