using System.Net;
using Microsoft.Extensions.Options;

namespace Distribution.EdgeSeeder;

/// <summary>Checks the options before anything is opened, and names every fault at once.</summary>
/// <param name="engines">Names of the engines that the program was built with.</param>
internal sealed class EdgeOptionsValidator(IReadOnlyList<string> engines) : IValidateOptions<EdgeOptions>
{
    private const int MaxNodeIdLength = 64;
    private const int MaxRegionLength = 64;

    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        var faults = new List<string>();
        Require(IsHttp(options.ServerUrl), $"ServerUrl is no http or https address: \"{options.ServerUrl}\".");
        Require(
            options.OriginUrl is null || IsHttp(options.OriginUrl),
            $"OriginUrl is no http or https address: \"{options.OriginUrl}\"."
        );
        Require(
            options.EdgeKey is { Length: > 0 } key && key.All(char.IsAscii) && !key.Any(char.IsWhiteSpace),
            "EdgeKey is empty, or has other characters than printable ASCII."
        );
        Require(!string.IsNullOrWhiteSpace(options.DataFolder), "DataFolder is empty.");
        Require(options.Port is >= 0 and <= ushort.MaxValue, $"Port is not between 0 and 65535: {options.Port}.");
        Require(options.CacheLimitBytes >= 0, $"CacheLimitBytes is negative: {options.CacheLimitBytes}.");
        Require(
            options.UploadLimitBytesPerSecond >= 0,
            $"UploadLimitBytesPerSecond is negative: {options.UploadLimitBytesPerSecond}."
        );
        Require(
            options.NodeId is null || IsNodeId(options.NodeId),
            $"NodeId has other characters than letters, digits, '-', '_' and '.', or more than {MaxNodeIdLength}."
        );
        Require(
            options.Region is { Length: <= MaxRegionLength } && !options.Region.Any(char.IsControl),
            $"Region has more than {MaxRegionLength} characters, or some that are not printed."
        );
        foreach (string endpoint in options.PublicEndpoints)
            Require(
                IPEndPoint.TryParse(endpoint, out IPEndPoint? parsed) && parsed.Port > 0,
                $"PublicEndpoints has no address and port in \"{endpoint}\"."
            );
        Require(
            engines.Contains(options.Engine),
            $"Engine is none that this program was built with: \"{options.Engine}\". It has {string.Join(", ", engines)}."
        );
        Require(options.Seeding.MaxConnections > 0, "Seeding.MaxConnections is not positive.");
        Require(options.Seeding.MaxConnectionsPerAddress > 0, "Seeding.MaxConnectionsPerAddress is not positive.");
        Require(options.Seeding.MaxUnchoked > 0, "Seeding.MaxUnchoked is not positive.");
        Require(options.Seeding.RequestQueueDepth > 0, "Seeding.RequestQueueDepth is not positive.");
        Require(options.Seeding.TurnBytes >= 16 * 1024, "Seeding.TurnBytes is smaller than a block of 16 KiB.");
        Require(
            options.Seeding.PeerUploadLimitBytesPerSecond >= 0,
            "Seeding.PeerUploadLimitBytesPerSecond is negative."
        );
        Require(options.Seeding.AuditBytesPerSecond >= 0, "Seeding.AuditBytesPerSecond is negative.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(bool holds, string fault)
        {
            if (!holds)
                faults.Add(fault);
        }
    }

    public static bool IsNodeId(string text) =>
        text.Length is > 0 and <= MaxNodeIdLength
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
        && text is not ("." or "..");

    private static bool IsHttp(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && (parsed.Scheme is "http" or "https");
}
