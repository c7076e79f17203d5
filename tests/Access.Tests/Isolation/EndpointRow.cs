namespace Distribution.Access.Tests.Isolation;

/// <summary>One endpoint, and who may use it.</summary>
/// <param name="Path">The route's pattern.</param>
/// <param name="Access">What it asks for.</param>
/// <param name="Subject">What its {id} is of; null: it has none, or one that is everybody's.</param>
public sealed record EndpointRow(string Method, string Path, Access Access, string? Subject = null)
{
    public bool IsApi => Path.StartsWith("/api/", StringComparison.Ordinal);

    public bool IsPage => !IsApi && Method == "GET" && Access != Access.Edge;

    public override string ToString() => $"{Method} {Path}";
}
