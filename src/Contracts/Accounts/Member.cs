using Distribution.Contracts.Access;

namespace Distribution.Contracts.Accounts;

/// <summary>An account as a publisher's member.</summary>
[GenerateSerializer, Immutable]
public sealed record Member(string AccountId, string Name, MemberRole Role, DateTimeOffset Since);
