namespace Distribution.Contracts.Accounts;

/// <summary>Somebody who publishes here and sees nothing of the others.</summary>
/// <param name="Name">For people.</param>
[GenerateSerializer, Immutable]
public sealed record Publisher(string Id, string Name, DateTimeOffset CreatedAt, int Members);
