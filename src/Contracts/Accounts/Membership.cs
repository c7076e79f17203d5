using Distribution.Contracts.Access;

namespace Distribution.Contracts.Accounts;

/// <summary>One publisher that an account belongs to.</summary>
[GenerateSerializer, Immutable]
public sealed record Membership(string PublisherId, string PublisherName, MemberRole Role);
