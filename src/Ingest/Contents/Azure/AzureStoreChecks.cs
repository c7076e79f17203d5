using System.Text.RegularExpressions;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Says everything that is wrong with <see cref="AzureStoreOptions"/>.</summary>
internal static partial class AzureStoreChecks
{
    /// <param name="maxUploadBytes">The largest upload that is to be taken.</param>
    public static IEnumerable<string> Find(AzureStoreOptions options, long maxUploadBytes)
    {
        if (!ContainerName().IsMatch(options.Container))
            yield return $"The container \"{options.Container}\" is no name for one: 3 to 63 lower-case letters, digits and single hyphens.";
        if (options.PublicUrl is { } url && !IsPublic(url))
            yield return "The blobs' public URL must be an http or https address without user name, query and fragment.";
        if (options.Patience < TimeSpan.Zero || options.Patience > TimeSpan.FromHours(1))
            yield return $"{nameof(options.Patience)} must be from 0 to an hour.";
        if (options.RetryDelay <= TimeSpan.Zero || options.MaxRetryDelay < options.RetryDelay)
            yield return $"{nameof(options.RetryDelay)} must be above 0 and at most {nameof(options.MaxRetryDelay)}.";
        if (options.AttemptTimeout < TimeSpan.FromSeconds(1))
            yield return $"{nameof(options.AttemptTimeout)} must be at least a second.";
        if (options.SweepAge < TimeSpan.FromMinutes(1))
            yield return $"{nameof(options.SweepAge)} must be at least a minute.";
        if (options.SweepInterval < TimeSpan.FromMinutes(1))
            yield return $"{nameof(options.SweepInterval)} must be at least a minute.";
        if (maxUploadBytes > BlockPlan.MaxFileBytes)
            yield return $"Azure Blob Storage takes uploads of at most {BlockPlan.MaxFileBytes} bytes here.";
    }

    private static bool IsPublic(Uri url) =>
        url is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ContainerName();
}
