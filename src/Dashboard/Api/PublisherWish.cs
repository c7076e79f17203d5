namespace Distribution.Dashboard.Api;

/// <param name="Name">Up to 100 characters.</param>
internal sealed record PublisherWish(string? Name);
